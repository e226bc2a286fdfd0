import { type ConnectionView, type NewConnection, StoredConnection } from "./connection.ts";
import { type Page, type PageQuery, paginate } from "./pages.ts";
import { ApiError } from "./responses.ts";
import { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
import { StoredStatements } from "./statements.ts";

/** The connections and statements of one environment, as a caller with a valid key sees them. */
export class StoredEnvironment {
  readonly statements: StoredStatements;
  readonly #connections = new Map<string, StoredConnection>();
  #settings: Settings;
  #lists = 0;

  /** @param inherited the server's settings for all its environments. */
  constructor(own: Partial<Settings> = {}, inherited: Partial<Settings> = {}) {
    this.#settings = { ...DEFAULT_SETTINGS, ...inherited, ...own };
    this.statements = new StoredStatements(this.#connections);
  }

  get settings(): Settings {
    return this.#settings;
  }

  get connections(): readonly StoredConnection[] {
    return [...this.#connections.values()];
  }

  configure(changes: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...changes };
  }

  add(added: NewConnection, now: number): StoredConnection {
    const connection = new StoredConnection(added, () => this.settings, now);
    this.#connections.set(added.name, connection);
    return connection;
  }

  find(name: string): StoredConnection | undefined {
    return this.#connections.get(name);
  }

  /** Responds to one LIST, every other time from a cache if replicas lag. @throws ApiError 403 */
  list(query: PageQuery, now: number): Page<ConnectionView> {
    requireAccess(this.settings);
    this.#lists += 1;
    const isCached = this.#lists % 2 === 0;
    const { items, nextAfter } = paginate(this.#connections, query);
    return { items: items.map((connection) => connection.view(now, isCached)), nextAfter };
  }

  /** The connection for a caller of the API. @throws ApiError 403, 404 */
  connection(name: string): StoredConnection {
    requireAccess(this.settings);
    const connection = this.#connections.get(name);
    if (connection === undefined) throw new ApiError(404, `There is no connection ${name}.`);
    requireAccess(connection.settings);
    return connection;
  }
}

function requireAccess({ forbidden }: Settings): void {
  if (forbidden) throw new ApiError(403, "The principal lacks the role.");
}
