import { createServer, type Server } from "node:http";
import { type Clock, systemClock } from "../../rotation/clock.ts";
import { type ApiKey, ConnectionsApi, type Environment, type Route } from "./api.ts";
import { type ConnectionSpec, type ConnectionState, StoredConnection } from "./connection.ts";
import { type FaultOrder, Faults } from "./faults.ts";
import { Limiter, type Limits } from "./limits.ts";
import { type RecordedRequest, requestListener } from "./listener.ts";
import { type Answer, jsonAnswer } from "./responses.ts";
import { DEFAULT_SETTINGS, type Settings, type State } from "./settings.ts";

export interface ConfluentOptions extends Partial<Settings> {
  readonly clock?: Clock;
  readonly port?: number;
  readonly limits?: Limits;
  /** The base printed in `metadata.next` and `self` in place of the server's own. */
  readonly advertisedUrl?: string;
  /** `metadata.next` of a last page, absent by default. */
  readonly lastPageNext?: "" | null;
}

export interface NewEnvironment extends Partial<Settings> {
  readonly organizationId: string;
  readonly environmentId: string;
  readonly apiKeys: readonly ApiKey[];
}

export interface NewConnection extends ConnectionSpec, Partial<Settings> {
  /** The state before the first PUT, `ready` by default. */
  readonly initially?: State;
}

/** Starts a stand-in of the connections API on loopback; `port` 0 (the default) takes a free one. */
export async function startConfluent({
  port = 0,
  ...options
}: ConfluentOptions = {}): Promise<ConfluentSandbox> {
  const sandbox = new ConfluentSandbox(options);
  await sandbox.listen(port);
  return sandbox;
}

export class ConfluentSandbox {
  /** Every request, the oldest first. */
  readonly requests: readonly RecordedRequest[];
  readonly #clock: Clock;
  readonly #settings: Partial<Settings>;
  readonly #environments = new Map<string, Environment>();
  readonly #own = new Map<StoredConnection, Partial<Settings>>();
  readonly #faults = new Faults();
  readonly #stopping = new AbortController();
  readonly #server: Server;

  constructor(options: Omit<ConfluentOptions, "port">) {
    const { clock = systemClock, limits = {}, advertisedUrl, lastPageNext, ...settings } = options;
    const requests: RecordedRequest[] = [];
    this.requests = requests;
    this.#settings = settings;
    this.#clock = { now: clock.now, sleep: (ms) => clock.sleep(ms, this.#stopping.signal) };
    const api = new ConnectionsApi(this.#environments, {
      advertisedUrl: () => advertisedUrl ?? this.url,
      lastPageNext,
    });
    this.#server = createServer(
      requestListener({
        clock: this.#clock,
        api,
        faults: this.#faults,
        limiter: new Limiter(limits),
        limitBody: limits.errorBody,
        requests,
        settingsFor: (route) => this.#settingsFor(route),
        touch: ({ connection = "", environmentId }) => this.touch(connection, environmentId),
        control: (path) => this.#control(path),
      }),
    );
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The sandbox does not listen.");
    return `http://127.0.0.1:${address.port}`;
  }

  async listen(port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject).listen(port, "127.0.0.1", resolve);
    await promise;
  }

  /** Ends every socket, those of hanging requests too. */
  async close(): Promise<void> {
    this.#stopping.abort();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  addEnvironment({ organizationId, environmentId, apiKeys, ...own }: NewEnvironment): void {
    const settings = (): Settings => ({ ...DEFAULT_SETTINGS, ...this.#settings, ...own });
    const connections = new Map<string, StoredConnection>();
    this.#environments.set(environmentId, { organizationId, environmentId, apiKeys, settings, connections });
  }

  setApiKeys(environmentId: string, apiKeys: readonly ApiKey[]): void {
    this.#environment(environmentId).apiKeys = apiKeys;
  }

  addConnection(environmentId: string, added: NewConnection): void {
    const { name, type, endpoint, data, initially = "ready", ...own } = added;
    const environment = this.#environment(environmentId);
    const settings = (): Settings => ({
      ...environment.settings(),
      ...this.#own.get(connection),
    });
    const created = { state: initially, at: this.#clock.now() };
    const connection = new StoredConnection({ name, type, endpoint, data }, settings, created);
    this.#own.set(connection, own);
    environment.connections.set(name, connection);
  }

  /** Changes how a connection behaves from now on. The environment can be left out where there is only one. */
  configure(name: string, settings: Partial<Settings>, environmentId?: string): void {
    const connection = this.#stored(name, environmentId);
    this.#own.set(connection, { ...this.#own.get(connection), ...settings });
  }

  connection(name: string, environmentId?: string): ConnectionState {
    return this.#stored(name, environmentId).state(this.#clock.now());
  }

  /** Somebody else changes the connection: its `resource_version` and `updated_at` move. */
  touch(name: string, environmentId?: string): void {
    this.#stored(name, environmentId).touch(this.#clock.now());
  }

  /** Orders a fault for requests to come. */
  fail(order: FaultOrder): void {
    this.#faults.add(order);
  }

  #environment(environmentId: string | undefined): Environment {
    const [only, ...others] = this.#environments.values();
    const found = environmentId === undefined ? only : this.#environments.get(environmentId);
    if (!found) throw new Error(`The sandbox has no environment ${environmentId ?? ""}.`);
    if (environmentId === undefined && others.length > 0) throw new Error("Say which environment.");
    return found;
  }

  #stored(name: string, environmentId: string | undefined): StoredConnection {
    const connection = this.#environment(environmentId).connections.get(name);
    if (!connection) throw new Error(`The sandbox has no connection ${name}.`);
    return connection;
  }

  #settingsFor({ environmentId, connection = "" }: Route): Settings {
    const environment = this.#environments.get(environmentId);
    const found = environment?.connections.get(connection)?.settings ?? environment?.settings();
    return found ?? { ...DEFAULT_SETTINGS, ...this.#settings };
  }

  #control(path: string): Answer | undefined {
    if (path !== "/_sandbox/connections") return undefined;
    const now = this.#clock.now();
    const connections = [...this.#environments.values()].flatMap(({ environmentId, connections }) =>
      [...connections.values()].map((connection) => {
        const { name, phase, readyAt, puts } = connection.state(now);
        return { environmentId, name, phase, readyAt, puts: puts.length };
      }),
    );
    return jsonAnswer({ connections });
  }
}
