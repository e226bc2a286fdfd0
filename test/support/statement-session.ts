import type { ConnectionState } from "../../src/rotation/connection.ts";
import { EnvironmentSession } from "../../src/rotation/environment.ts";
import { Poller } from "../../src/rotation/polling/poller.ts";
import { ConnectionReader } from "../../src/rotation/polling/reader.ts";
import { PollSchedule } from "../../src/rotation/polling/schedule.ts";
import type { StatementsApi } from "../../src/rotation/statements/api.ts";
import { flinkApiKey } from "./builders.ts";
import type { FakeWorld } from "./fake-world.ts";

/** Replaces some methods of a statements API. */
export type ReplacedStatements = (real: StatementsApi) => Partial<StatementsApi>;

/** A session of the environment prod in memory, with the connections that were read. */
export function statementSession(
  { context, clock }: FakeWorld,
  replaced: ReplacedStatements = () => ({}),
  connections: readonly ConnectionState[] = [],
): EnvironmentSession {
  const real = context.connect("prod", flinkApiKey());
  const api = { ...real, statements: { ...real.statements, ...replaced(real.statements) } };
  return new EnvironmentSession(
    api,
    new Poller(new ConnectionReader(api), clock, new PollSchedule(0)),
    new Map(connections.map((state) => [state.name, state])),
  );
}
