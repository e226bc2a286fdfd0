import type { Connection } from "../../src/rotation/connection.ts";
import type { RunContext } from "../../src/rotation/dependencies.ts";
import { SecretError } from "../../src/rotation/errors.ts";
import type { Outcome } from "../../src/rotation/outcome.ts";
import { plan as planRun, type Trigger } from "../../src/rotation/plan.ts";
import { rotate } from "../../src/rotation/rotate.ts";
import { StatementRecorder } from "../../src/rotation/statements/recorder.ts";
import type { AuthData } from "../../src/sandbox/confluent/settings.ts";
import { connection, HOUR_MS } from "./builders.ts";
import type { Fault } from "./fake-confluent.ts";
import { API_KEY_SECRET, type FakeWorld, fakeWorld } from "./fake-world.ts";
import { killed } from "./killed-run.ts";
import type { RunPlan, WorldPlan } from "./world-plan.ts";

/** A PUT that was sent, applied or not. */
export interface Put {
  readonly name: string;
  readonly secret: string;
  /** The number of its version, from 0. */
  readonly version: number;
  readonly sentAt: number;
}

export interface PlayedRun {
  readonly outcomes: readonly Outcome[];
  readonly connections: readonly Connection[];
  readonly deadlineAt: number;
  readonly endedAt: number;
}

export interface Played {
  readonly world: FakeWorld;
  readonly connections: readonly Connection[];
  readonly runs: readonly [PlayedRun, ...PlayedRun[]];
  /** All PUTs, the oldest first. */
  readonly puts: readonly Put[];
}

/** Plays the runs of a world and one more hour, to observe late requests. */
export async function play(plan: WorldPlan): Promise<Played> {
  const world = openWorld(plan);
  const connections = populate(world, plan);
  const [firstRun, ...others] = plan.runs;
  const first = playRun(world.context, plan, { ...firstRun, connections });
  const later = others.map(async (run) => {
    await world.clock.sleep(run.afterMs);
    return playRun(world.openAgain(), plan, { ...run, connections });
  });
  const runs = await Promise.all([first, ...later] as const);
  await world.clock.sleep(HOUR_MS);
  const puts = world.confluent.requests.flatMap(({ method, name, data, sentAt }) => {
    if (method !== "PUT" || name === undefined) return [];
    return [{ name, sentAt, ...parseKey(data?.["API_KEY"] ?? "") }];
  });
  return { world, connections, runs, puts };
}

/** The number of a version of a secret, by its id. */
export function numberOf(versionId: string | undefined): number {
  return versionId === undefined ? -1 : parseKey(versionId).version;
}

function parseKey(key: string): { secret: string; version: number } {
  const [secret = "", version] = key.split("-");
  return { secret, version: Number(version) };
}

function openWorld({ seed, remainingMs, latencyMs, faultRate, faults, secrets }: WorldPlan): FakeWorld {
  const random = randomOf(seed);
  const latency = (): number => Math.round(random() * latencyMs);
  const faultOrNone = (): Fault | undefined =>
    random() < faultRate ? faults[Math.floor(random() * faults.length)] : undefined;
  const secretFault = (secretId: string): SecretError | undefined =>
    secretId !== API_KEY_SECRET && random() < secrets.faultRate
      ? new SecretError("The secret could not be read.")
      : undefined;
  const staleMs = (): number => random() * secrets.staleMs;
  return fakeWorld({
    remainingMs,
    random,
    confluent: { latencyMs: latency, fault: faultOrNone },
    secrets: { latencyMs: latency, staleMs, fault: secretFault },
  });
}

/** Adds secrets and connections that know when a key is valid. @returns the listed connections. */
function populate({ clock, secrets, confluent }: FakeWorld, { groups }: WorldPlan): readonly Connection[] {
  const validAt = new Map<string, number>();
  return groups.flatMap(({ versions, connections }, group) => {
    const secret = `secret${group}`;
    let at = clock.now();
    for (const [number, { afterMs, lagMs, validAfterMs }] of versions.entries()) {
      at = number === 0 ? at - afterMs : Math.max(at, clock.now()) + afterMs;
      const key = `${secret}-${number}`;
      validAt.set(key, validAfterMs === null ? Number.POSITIVE_INFINITY : at + validAfterMs);
      secrets.add(secret, { versionId: key, value: key, at, lagMs });
    }
    return connections.map((planned, index) => {
      const { environment, isListedAs, isMissing, canary, versionFields, ...settings } = planned;
      const name = `${secret}-connection${index}`;
      const accepts = (data: AuthData, now: number) => now >= (validAt.get(data["API_KEY"] ?? "") ?? 0);
      if (!isMissing) confluent.add(name, { ...settings, ...versionFields, accepts });
      return connection({ name, secret, environment, type: isListedAs, canary });
    });
  });
}

async function playRun(
  context: RunContext,
  plan: WorldPlan,
  { connections, announced, killedAfterMs = Number.POSITIVE_INFINITY }: PlannedRun,
): Promise<PlayedRun> {
  const trigger: Trigger =
    announced === undefined
      ? { kind: "schedule" }
      : { kind: "secret-change", secret: "secret0", versionId: `secret0-${announced}` };
  const groups = planRun(trigger, connections);
  const settings = { ...context.settings, ...plan.settings };
  const killedAt = context.clock.now() + killedAfterMs;
  const statements = new StatementRecorder();
  const outcomes = await rotate({ ...killed(context, killedAt), trigger, settings }, groups, statements);
  return {
    outcomes,
    connections: groups.flatMap((group) => group.connections),
    deadlineAt: context.deadlineAt,
    endedAt: context.clock.now(),
  };
}

interface PlannedRun extends RunPlan {
  readonly connections: readonly Connection[];
}

/** Mulberry32: pseudo-random numbers from 0 to 1 for a seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
