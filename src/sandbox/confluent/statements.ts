import type { StoredConnection } from "./connection.ts";
import { type Page, type PageQuery, paginate } from "./pages.ts";
import { ApiError } from "./responses.ts";
import {
  DEFAULT_STATEMENT_SETTINGS,
  type InspectedStatement,
  type StatementContext,
  type StatementSettings,
  type StatementSpec,
  StoredStatement,
} from "./statement.ts";

/** The statements of one environment. */
export class StoredStatements {
  readonly #statements = new Map<string, StoredStatement>();
  readonly #connections: ReadonlyMap<string, StoredConnection>;
  #settings = DEFAULT_STATEMENT_SETTINGS;

  constructor(connections: ReadonlyMap<string, StoredConnection>) {
    this.#connections = connections;
  }

  get settings(): StatementSettings {
    return this.#settings;
  }

  get names(): readonly string[] {
    return [...this.#statements.keys()];
  }

  configure(changes: Partial<StatementSettings>): void {
    this.#settings = { ...this.#settings, ...changes };
  }

  /** @throws ApiError 409 if the name is taken. */
  add(spec: StatementSpec, now: number): StoredStatement {
    if (this.#statements.has(spec.name))
      throw new ApiError(409, `There is a statement ${spec.name} already.`);
    const statement = new StoredStatement(spec, this.#context, now);
    this.#statements.set(spec.name, statement);
    return statement;
  }

  find(name: string): StoredStatement | undefined {
    return this.#statements.get(name);
  }

  /** @throws ApiError 404 */
  get(name: string): StoredStatement {
    const statement = this.#statements.get(name);
    if (statement === undefined) throw new ApiError(404, `There is no statement ${name}.`);
    return statement;
  }

  list(query: PageQuery, now: number): Page<InspectedStatement> {
    const { items, nextAfter } = paginate(this.#statements, query);
    return { items: items.map((statement) => statement.inspect(now)), nextAfter };
  }

  delete(name: string): void {
    this.get(name);
    this.#statements.delete(name);
  }

  readonly #context: StatementContext = {
    settings: () => this.#settings,
    connectionsIn: (sql) =>
      [...this.#connections.values()]
        .filter(({ spec }) => isNamed(spec.name, sql))
        .map(({ spec, puts }) => ({ name: spec.name, data: puts.at(-1)?.data ?? spec.data })),
    settingsOf: (connection) => this.#connections.get(connection)?.settings,
  };
}

function isNamed(name: string, sql: string): boolean {
  return new RegExp(`(?<![\\w-])${name.replace(/\W/g, "\\$&")}(?![\\w-])`).test(sql);
}
