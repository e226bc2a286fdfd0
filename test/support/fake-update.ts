import type {
  ConnectionsApi,
  EnvironmentApi,
  RotationSettings,
  SecretVersion,
} from "../../src/rotation/dependencies.ts";
import { EnvironmentSession } from "../../src/rotation/environment.ts";
import { Poller } from "../../src/rotation/polling/poller.ts";
import { ConnectionReader } from "../../src/rotation/polling/reader.ts";
import { PollSchedule } from "../../src/rotation/polling/schedule.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { type UpdateRequest, updateConnection } from "../../src/rotation/update.ts";
import { connection, flinkApiKey, secretVersion } from "./builders.ts";
import type { FakeRequest, Fault } from "./fake-confluent.ts";
import type { FakeConnectionOptions } from "./fake-connection.ts";
import { type FakeWorldOptions, fakeWorld } from "./fake-world.ts";

export interface UpdateOptions {
  readonly behaviour?: FakeConnectionOptions;
  readonly fault?: (request: Omit<FakeRequest, "fault">) => Fault | undefined;
  readonly world?: FakeWorldOptions;
  readonly settings?: Partial<RotationSettings>;
  readonly version?: Partial<SecretVersion>;
  readonly request?: Partial<UpdateRequest>;
  /** Replaces calls of the API. */
  readonly api?: (real: EnvironmentApi) => Partial<ConnectionsApi>;
}

/** A world with the connection `a`, and the update that puts the key `new` into it. */
export function openUpdate(options: UpdateOptions = {}) {
  const { behaviour = {}, fault, settings, version } = options;
  const world = fakeWorld({
    ...options.world,
    confluent: { ...(fault && { fault }), ...options.world?.confluent },
  });
  const held = world.confluent.add("a", behaviour);
  const real = world.context.connect("prod", flinkApiKey());
  const api = { ...real, ...options.api?.(real) };
  const context = { ...world.context, settings: { ...world.context.settings, ...settings } };
  const poller = new Poller(new ConnectionReader(api), world.clock, new PollSchedule(0));
  const session = new EnvironmentSession(api, poller, new Map());
  const request: UpdateRequest = {
    connection: connection({ name: "a" }),
    version: secretVersion(version),
    data: new Secret(`{"API_KEY":"new"}`),
    isKeyProven: false,
    assertCurrent: () => Promise.resolve(),
    ...options.request,
  };
  const methods = () => world.confluent.requests.map(({ method }) => method);
  const result = () => updateConnection(context, session, request);
  const update = async () => (await result()).details;
  return { ...world, session, held, methods, result, update };
}

/** The first requests of that method meet these faults. */
export function first(method: FakeRequest["method"], ...faults: readonly (Fault | undefined)[]) {
  const left = [...faults];
  return (request: Omit<FakeRequest, "fault">) => (request.method === method ? left.shift() : undefined);
}
