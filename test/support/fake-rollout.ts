import type { Connection, VerificationStatement } from "../../src/rotation/connection.ts";
import type { RotationSettings, RunContext, SecretVersion } from "../../src/rotation/dependencies.ts";
import { EnvironmentSession } from "../../src/rotation/environment.ts";
import type { OutcomeDetails } from "../../src/rotation/outcome.ts";
import { Poller } from "../../src/rotation/polling/poller.ts";
import { ConnectionReader, type ReadResult } from "../../src/rotation/polling/reader.ts";
import { PollSchedule } from "../../src/rotation/polling/schedule.ts";
import { SecretRollout } from "../../src/rotation/secret-rollout.ts";
import { currentVersion } from "../../src/rotation/versions.ts";
import { connection, flinkApiKey, HOUR_MS, NOW } from "./builders.ts";
import type { FakeConnectionOptions } from "./fake-connection.ts";
import { type FakeWorldOptions, fakeWorld } from "./fake-world.ts";

export interface RolloutOptions extends FakeWorldOptions {
  /** By name, in the order of the list. */
  readonly connections: Readonly<Record<string, FakeConnectionOptions>>;
  /** When each version becomes current, since the start; v0 and v1 are current before it. */
  readonly newerAfterMs?: readonly number[];
  readonly settings?: Partial<RotationSettings>;
  readonly context?: Partial<RunContext>;
  /** The results of the first reads, if they differ from the connections' states. */
  readonly initialStates?: ReadonlyMap<string, ReadResult>;
  readonly complete?: boolean;
  /** What connections.json says of connections, by name, if it differs from the defaults. */
  readonly listed?: Readonly<Record<string, Partial<Connection>>>;
  /** The statements of connections by name. */
  readonly verify?: Readonly<Record<string, VerificationStatement>>;
}

/** A secret with two versions, its connections, and the rollout of the newer version. */
export function openRollout(options: RolloutOptions) {
  const { newerAfterMs = [], complete = true, listed = {}, verify = {} } = options;
  const world = fakeWorld(options);
  const { context, confluent, secrets, clock } = world;
  const times = [NOW - 2 * HOUR_MS, NOW - HOUR_MS, ...newerAfterMs.map((ms) => NOW + ms)];
  for (const [index, at] of times.entries())
    secrets.add("openai", { versionId: `v${index}`, value: `v${index}`, at });
  const names = Object.keys(options.connections);
  for (const name of names) confluent.add(name, options.connections[name]);
  const api = context.connect("prod", flinkApiKey());
  const poller = new Poller(new ConnectionReader(api), clock, new PollSchedule(0));
  const states = names.map((name) => [name, confluent.connection(name).read(NOW)] as const);
  const session = new EnvironmentSession(api, poller, options.initialStates ?? new Map(states));
  const detailsByConnection = new Map<string, OutcomeDetails>();
  const recorder = {
    record: ({ name }: Connection, details: OutcomeDetails) => detailsByConnection.set(name, details),
    retract: ({ name }: Connection) => detailsByConnection.delete(name),
  };
  const run: RunContext = {
    ...context,
    settings: { ...context.settings, readyTimeoutMs: 30_000, graceMs: 0, ...options.settings },
    ...options.context,
  };
  const connections = names.map((name) =>
    connection({ name, secret: "openai", ...listed[name], ...(verify[name] && { verify: verify[name] }) }),
  );
  const group = new SecretRollout(
    run,
    { secret: "openai", connections, complete },
    new Map([["prod", session]]),
    recorder,
  );
  const rotate = async (version?: SecretVersion) => {
    await group.rotate(version ?? (await currentVersion(context, "openai")));
    return Object.fromEntries(detailsByConnection);
  };
  const puts = () =>
    confluent.requests.flatMap(({ method, name, data }) =>
      method === "PUT" ? [`${name} ${data?.["API_KEY"]}`] : [],
    );
  return { ...world, rotate, puts, detailsByConnection };
}

/** A connection that accepts all keys but these. */
export function refusing(...keys: readonly string[]): FakeConnectionOptions {
  return { accepts: (data) => !keys.includes(data["API_KEY"] ?? "") };
}
