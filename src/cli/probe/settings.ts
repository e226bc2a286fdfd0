import type { Config } from "../../config/load.ts";
import { seconds } from "../../terminal/text.ts";
import { CREDULOUS_AFTER_MS, type World, type WorldFound } from "./world.ts";

/** A setting of connections.json that follows from the observations. */
export interface ProposedSetting {
  readonly setting: "timing.confirmSeconds" | "timing.readyTimeoutSeconds" | "verification.require";
  readonly value: number | string;
  /** The value in connections.json, or the default. */
  readonly configured: number | string;
  readonly reason: string;
}

const DEFAULT_CONFIRM_SECONDS = 10;
const MAX_CONFIRM_SECONDS = 300;
const MAX_READY_TIMEOUT_SECONDS = 900;
/** A verdict may take longer at another time. */
const MARGIN = 2;
/** A run requires a phase to last for at most this part of `readyTimeoutSeconds`. */
const CONFIRM_PART = 3;

type Configured = Pick<Config, "timing" | "verification">;

/** The settings that suit the service, each with a reason; none if the service refuses the current key. */
export function proposeSettings(
  found: WorldFound,
  { timing, verification }: Configured,
): readonly ProposedSetting[] {
  if (found.world === "refused") return [];
  const { seconds: confirmSeconds, reason } = confirmation(found);
  return [
    { setting: "timing.confirmSeconds", value: confirmSeconds, configured: timing.confirmSeconds, reason },
    ...readyTimeout(found, confirmSeconds, timing.readyTimeoutSeconds),
    { setting: "verification.require", configured: verification.require, ...requirement(found.world) },
  ];
}

/** Proposed only if the configured time is too short. */
function readyTimeout(
  { world, verdictAfterMs = 0 }: WorldFound,
  confirmSeconds: number,
  configured: number,
): ProposedSetting[] {
  const needed = Math.max(
    secondsWithMargin(verdictAfterMs),
    world === "controller" ? confirmSeconds * CONFIRM_PART : 0,
  );
  if (needed <= configured) return [];
  const value = Math.min(needed, MAX_READY_TIMEOUT_SECONDS);
  const reason = `A verdict came after ${seconds(verdictAfterMs)}, and confirmSeconds counts for at most a third of this time.`;
  return [{ setting: "timing.readyTimeoutSeconds", value, configured, reason }];
}

function confirmation({ world, verdictAfterMs = 0 }: WorldFound): { seconds: number; reason: string } {
  switch (world) {
    case "silent":
      return { seconds: DEFAULT_CONFIRM_SECONDS, reason: "It has no effect if there is no phase." };
    case "credulous":
      return {
        seconds: 0,
        reason:
          "READY for an invalid key lasted throughout the watch, so waiting does not help. Only the provider or a statement can show whether a key works.",
      };
    case "controller":
      return {
        seconds: Math.min(
          MAX_CONFIRM_SECONDS,
          Math.max(DEFAULT_CONFIRM_SECONDS, secondsWithMargin(verdictAfterMs)),
        ),
        reason: `The phase from before the PUT stayed for ${seconds(verdictAfterMs)}, and the verdict came after it.`,
      };
    case "prompt":
      return {
        seconds: DEFAULT_CONFIRM_SECONDS,
        reason: `Another phase comes before the verdict, which came after ${seconds(verdictAfterMs)} and counts at once; this setting rarely delays it.`,
      };
    case "went-silent":
    case "unclear":
    case "refused":
      return { seconds: DEFAULT_CONFIRM_SECONDS, reason: unclearReason(world) };
  }
}

function unclearReason(world: World): string {
  return world === "unclear"
    ? `The observations do not show how long an old phase stays. Probe with --bad-key and --seconds ${CREDULOUS_AFTER_MS / 1_000} or more to learn it.`
    : "The phase disappeared, so nothing shows how long it must last.";
}

function requirement(world: World): { value: string; reason: string } {
  switch (world) {
    case "silent":
      return {
        value: "auto",
        reason:
          'Confluent reports no phase, so an accepted key counts as applied. With "ready", every update would end as unverified, with an alert.',
      };
    case "went-silent":
      return {
        value: "applied",
        reason:
          'There was a phase before the PUT and none after it. With "auto", every update would end as unverified, with an alert.',
      };
    case "credulous":
      return { value: "auto", reason: 'READY does not depend on the key here, so "ready" adds no evidence.' };
    case "controller":
    case "prompt":
      return { value: "auto", reason: "The phase shows whether a key works, and a run waits for it." };
    case "unclear":
    case "refused":
      return { value: "auto", reason: "There was a phase after the PUT, and a run waits for it." };
  }
}

function secondsWithMargin(ms: number): number {
  return Math.ceil((ms * MARGIN) / 1_000);
}
