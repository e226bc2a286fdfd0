import fc from "fast-check";
import type { Connection } from "../../src/rotation/connection.ts";
import type { RotationSettings, RunContext } from "../../src/rotation/dependencies.ts";
import { SecretError } from "../../src/rotation/errors.ts";
import type { Outcome } from "../../src/rotation/outcome.ts";
import { plan as planRun, type Trigger } from "../../src/rotation/plan.ts";
import { rotate } from "../../src/rotation/rotate.ts";
import type { AuthData, Settings, State } from "../../src/sandbox/confluent/settings.ts";
import { connection, HOUR_MS } from "./builders.ts";
import type { Fault } from "./fake-confluent.ts";
import { API_KEY_SECRET, type FakeWorld, fakeWorld } from "./fake-world.ts";

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
  const outcomes = await rotate({ ...killed(context, killedAt), trigger, settings }, groups);
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

/** The context of a run that is killed: from then on it sends no request and gets no response. */
function killed(context: RunContext, killedAt: number): RunContext {
  const alive = async <T>(call: () => Promise<T>): Promise<T> => {
    const isDead = () => context.clock.now() >= killedAt;
    const result = isDead() ? undefined : await call();
    return isDead() ? new Promise<never>(() => undefined) : (result as T);
  };
  const { secrets, connect } = context;
  return {
    ...context,
    secrets: {
      read: (...args) => alive(() => secrets.read(...args)),
      moveLabel: (...args) => alive(() => secrets.moveLabel(...args)),
      lastChangedAt: (...args) => alive(() => secrets.lastChangedAt(...args)),
    },
    connect: (...args) => {
      const api = connect(...args);
      return {
        list: (token) => alive(() => api.list(token)),
        get: (name) => alive(() => api.get(name)),
        put: (update) => alive(() => api.put(update)),
        statements: {
          list: (token) => alive(() => api.statements.list(token)),
          get: (name) => alive(() => api.statements.get(name)),
          create: (statement) => alive(() => api.statements.create(statement)),
          delete: (name) => alive(() => api.statements.delete(name)),
          setStopped: (name, stopped) => alive(() => api.statements.setStopped(name, stopped)),
        },
      };
    },
  };
}

/** Mulberry32: pseudo-random numbers from 0 to 1 for a seed. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
