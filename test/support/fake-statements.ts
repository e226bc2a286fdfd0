import { RotationError } from "../../src/rotation/errors.ts";
import { PAGE_SIZE } from "../../src/rotation/polling/reader.ts";
import type { StatementState, StatementsApi } from "../../src/rotation/statements/api.ts";
import { ApiError } from "../../src/sandbox/confluent/responses.ts";
import type { InspectedStatement } from "../../src/sandbox/confluent/statement.ts";
import type { StoredStatements } from "../../src/sandbox/confluent/statements.ts";
import { untrusted } from "./untrusted.ts";

export type StatementMethod =
  | "LIST statements"
  | "GET statement"
  | "POST statement"
  | "DELETE statement"
  | "PATCH statement";

interface Service {
  readonly now: () => number;
  readonly handle: <T>(call: { method: StatementMethod; name?: string }, work: () => T) => Promise<T>;
}

/** The statements API in memory: the sandbox's model of the statements of an environment. */
export function fakeStatements(stored: StoredStatements, { now, handle }: Service): StatementsApi {
  const request = <T>(method: StatementMethod, name: string | undefined, work: () => T): Promise<T> =>
    handle({ method, ...(name !== undefined && { name }) }, () => {
      if (stored.settings.forbidden) throw new RotationError("unauthorized", "403", { httpStatus: 403 });
      return work();
    });
  return {
    list: (after = "") =>
      request("LIST statements", undefined, () => {
        const { items, nextAfter } = stored.list({ size: PAGE_SIZE, after }, now());
        const statements = items.map((each) => toState(each, stored));
        return { statements, ...(nextAfter !== undefined && { nextToken: nextAfter }) };
      }),
    get: (name) =>
      request("GET statement", name, () => {
        const statement = stored.find(name);
        return statement && toState(statement.inspect(now()), stored);
      }),
    create: ({ catalog: _catalog, database: _database, ...statement }) =>
      request("POST statement", statement.name, () => {
        stored.add({ ...statement, properties: { "sql.snapshot.mode": "now" } }, now());
      }),
    delete: (name) =>
      request("DELETE statement", name, () => {
        if (stored.find(name) !== undefined) stored.delete(name);
      }),
    setStopped: (name, stopped) =>
      request("PATCH statement", name, () => {
        const statement = stored.find(name);
        if (statement === undefined) throw new ApiError(404, "There is no such statement.");
        statement.setStopped(stopped, now());
      }),
  };
}

function toState(inspected: InspectedStatement, { settings }: StoredStatements): StatementState {
  const { name, sql, phase, detail, uses, computePool, createdAt, updatedAt } = inspected;
  const isShown = phase !== "FAILED" && settings.showsConnections;
  return {
    name,
    phase,
    ...(detail !== "" && { detail: untrusted(detail) }),
    isKeyRefused: detail !== "" && detail === settings.refusal,
    isResumable: /^insert into/i.test(sql),
    ...(isShown && { connections: uses.map((each) => each.name) }),
    ...(computePool !== undefined && { computePool }),
    createdAt,
    updatedAt,
  };
}
