import fc from "fast-check";
import type { RotationSettings } from "../../src/rotation/dependencies.ts";
import type { Settings, State } from "../../src/sandbox/confluent/settings.ts";
import { HOUR_MS } from "./builders.ts";
import type { Fault } from "./fake-confluent.ts";

/** The number of worlds for each property. */
export const WORLDS = Number(process.env["PROPERTY_WORLDS"] ?? 2_000);

export interface VersionPlan {
  /** Time since the previous version; for the first one, its age at the start of the run. */
  readonly afterMs: number;
  readonly lagMs: number;
  /** Time from AWSCURRENT until the key is valid; `null` for never. */
  readonly validAfterMs: number | null;
}

/** How the service reports on a key, and the lag of its replicas. */
type Reporting = Pick<Settings, "verdictAfterMs" | "replicaLagMs" | "rejectedPhase">;

export interface ConnectionPlan
  extends Pick<Settings, "world" | "timeToReadyMs" | "staleMs" | "judged" | "unreachable" | "phases">,
    Partial<Reporting> {
  readonly initially?: State;
  readonly environment: string;
  readonly isListedAs: "OPENAI" | "BEDROCK";
  readonly isMissing: boolean;
  readonly canary: boolean;
  /** The fields that change with the object. */
  readonly versionFields: Pick<Settings, "resourceVersion" | "updatedAt">;
}

export interface GroupPlan {
  readonly versions: readonly VersionPlan[];
  readonly connections: readonly ConnectionPlan[];
}

export interface RunPlan {
  /** Time since the start of the first run. */
  readonly afterMs: number;
  /** The number of the first secret's version that starts the run; `undefined` for the schedule. */
  readonly announced: number | undefined;
  /** When its process is killed, since its start. Sent requests still arrive. */
  readonly killedAfterMs?: number;
}

export interface WorldPlan {
  readonly seed: number;
  readonly remainingMs: number;
  readonly groups: readonly GroupPlan[];
  readonly settings: Omit<RotationSettings, "apiKeySecrets">;
  readonly runs: readonly [RunPlan, ...RunPlan[]];
  readonly latencyMs: number;
  readonly faultRate: number;
  readonly faults: readonly Fault[];
  readonly secrets: { readonly staleMs: number; readonly faultRate: number };
}

const versionPlan = fc.record<VersionPlan>({
  afterMs: fc.constantFrom(0, 300, 2_000, 20_000, 120_000),
  lagMs: fc.constantFrom(0, 0, 500, 3_000),
  validAfterMs: fc.constantFrom(0, 0, 0, 20_000, 90_000, null),
});

const firstVersion = fc.record<VersionPlan>({
  afterMs: fc.constantFrom(0, 30_000, HOUR_MS),
  lagMs: fc.constant(0),
  validAfterMs: fc.constantFrom(0, 0, 0, 20_000, 90_000, null),
});

export const connectionPlan = fc.record<ConnectionPlan>({
  environment: fc.constantFrom("prod", "prod", "test"),
  isListedAs: fc.constantFrom(...Array<"OPENAI">(9).fill("OPENAI"), "BEDROCK"),
  isMissing: fc.constantFrom(...Array<boolean>(9).fill(false), true),
  canary: fc.boolean(),
  timeToReadyMs: fc.constantFrom(0, 0, 400, 5_000, 45_000),
  staleMs: fc.constantFrom(0, 0, 300, 2_000),
  judged: fc.constantFrom("always", "on-put"),
  unreachable: fc.constantFrom(...Array<boolean>(9).fill(false), true),
  world: fc.constantFrom("prompt", "prompt", "prompt", "silent"),
  phases: fc.constantFrom({}, {}, { ready: "ACTIVE" }),
  versionFields: fc.constantFrom(
    { resourceVersion: "moves", updatedAt: "moves" },
    { resourceVersion: "moves", updatedAt: "moves" },
    { resourceVersion: "moves", updatedAt: "absent" },
    { resourceVersion: "absent", updatedAt: "moves" },
    { resourceVersion: "still", updatedAt: "still" },
  ),
});

const groupPlan = fc.record<GroupPlan>({
  versions: fc
    .tuple(firstVersion, fc.array(versionPlan, { maxLength: 4 }))
    .map(([first, more]) => [first, ...more]),
  connections: fc.array(connectionPlan, { minLength: 1, maxLength: 4 }),
});

const settings: fc.Arbitrary<WorldPlan["settings"]> = fc.record(
  {
    canary: fc.boolean(),
    onRejected: fc.constantFrom("keep", "rollback"),
    readyTimeoutMs: fc.constantFrom(30_000, 60_000),
    graceMs: fc.constantFrom(0, 30_000, 120_000),
    confirmMs: fc.constantFrom(0, 5_000, 10_000),
    require: fc.constantFrom("auto", "auto", "ready", "applied"),
    refresh: fc.constantFrom("always", "when-stale"),
    propagationLabel: fc.constant("FLINK_READY"),
  },
  { requiredKeys: ["canary", "onRejected", "readyTimeoutMs", "graceMs", "confirmMs", "require", "refresh"] },
);

export const runPlan = fc.record<RunPlan>({
  afterMs: fc.constant(0),
  announced: fc.option(fc.nat({ max: 3 }), { nil: undefined, freq: 1 }),
});

/** An arbitrary world with one run. */
export const worldPlan = fc.record<WorldPlan>({
  seed: fc.nat(),
  remainingMs: fc.constantFrom(50, 5_000, 60_000, 290_000, 890_000),
  groups: fc.array(groupPlan, { minLength: 1, maxLength: 2 }),
  settings,
  runs: fc.tuple(runPlan),
  latencyMs: fc.constantFrom(0, 50, 1_000),
  faultRate: fc.constantFrom(0, 0.02, 0.3),
  faults: fc.subarray<Fault>(["unauthorized", "service", "refused", "lost", "dropped", "hang"], {
    minLength: 1,
  }),
  secrets: fc.record({ staleMs: fc.constantFrom(0, 0, 2_000), faultRate: fc.constantFrom(0, 0, 0.2) }),
});

/** Worlds with one secret in which only keys are faulty and the time suffices. */
export const calmWorldPlan = worldPlan.map((plan) => ({
  ...plan,
  groups: plan.groups.slice(0, 1),
  remainingMs: 7_200_000,
  faultRate: 0,
  secrets: { staleMs: 0, faultRate: 0 },
}));
