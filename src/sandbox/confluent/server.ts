import type { RequestListener } from "node:http";
import { type Clock, systemClock } from "../../rotation/clock.ts";
import { type LoopbackServer, listenOnLoopback } from "../loopback.ts";
import { type ApiKey, ConnectionsApi, type Environment, type Route } from "./api.ts";
import type { InspectedConnection, NewConnection, StoredConnection } from "./connection.ts";
import { control } from "./control.ts";
import { StoredEnvironment } from "./environment.ts";
import { type FaultRule, Faults } from "./faults.ts";
import { Limiter, type Limits } from "./limits.ts";
import { type RecordedRequest, requestListener } from "./listener.ts";
import { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
import type { InspectedStatement, StatementSettings, StatementSpec } from "./statement.ts";

export interface ConfluentOptions extends Partial<Settings> {
  readonly clock?: Clock;
  readonly port?: number;
  readonly limits?: Limits;
  /** The base of the URLs in `metadata.next` and `self` instead of the server's own. */
  readonly advertisedUrl?: string;
}

interface NewEnvironment extends Partial<Settings> {
  readonly organizationId: string;
  readonly environmentId: string;
  readonly apiKeys: readonly ApiKey[];
}

/** Starts a stand-in for the API of connections and statements on loopback; `port` 0 (the default) means a free port. */
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
  readonly #faults = new Faults();
  readonly #stopping = new AbortController();
  readonly #listener: RequestListener;
  #server: LoopbackServer | undefined;

  constructor(options: Omit<ConfluentOptions, "port">) {
    const { clock = systemClock, limits = {}, advertisedUrl, ...settings } = options;
    const requests: RecordedRequest[] = [];
    this.requests = requests;
    this.#settings = settings;
    this.#clock = { now: clock.now, sleep: (ms) => clock.sleep(ms, this.#stopping.signal) };
    const controlled = { environments: this.#environments, faults: this.#faults };
    this.#listener = requestListener({
      clock: this.#clock,
      api: new ConnectionsApi(this.#environments, () => advertisedUrl ?? this.url),
      faults: this.#faults,
      limiter: new Limiter(limits),
      requests,
      settingsFor: (route) => this.#settingsFor(route),
      touch: ({ connection = "", environmentId }) => this.touch(connection, environmentId),
      control: (request) => control(controlled, request, this.#clock.now()),
    });
  }

  get url(): string {
    if (this.#server === undefined) throw new Error("The sandbox is not listening.");
    return this.#server.url;
  }

  async listen(port: number): Promise<void> {
    this.#server = await listenOnLoopback(this.#listener, port);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#server?.close();
  }

  addEnvironment({ organizationId, environmentId, apiKeys, ...own }: NewEnvironment): void {
    const stored = new StoredEnvironment(own, this.#settings);
    this.#environments.set(environmentId, { organizationId, environmentId, apiKeys, stored });
  }

  setApiKeys(environmentId: string, apiKeys: readonly ApiKey[]): void {
    this.#environment(environmentId).apiKeys = apiKeys;
  }

  addConnection(environmentId: string, added: NewConnection): void {
    this.#environment(environmentId).stored.add(added, this.#clock.now());
  }

  /** Changes the behaviour of a connection. `environmentId` is optional if there is only one. */
  configure(name: string, settings: Partial<Settings>, environmentId?: string): void {
    this.#stored(name, environmentId).configure(settings);
  }

  /** Changes the behaviour of an environment, except for settings of its connections. */
  configureEnvironment(environmentId: string, settings: Partial<Settings>): void {
    this.#environment(environmentId).stored.configure(settings);
  }

  /** Changes the behaviour of an environment's statements. `environmentId` is optional if there is only one. */
  configureStatements(settings: Partial<StatementSettings>, environmentId?: string): void {
    this.#environment(environmentId).stored.statements.configure(settings);
  }

  /** Adds a statement as another client does. It starts with the current keys of its connections. */
  addStatement(spec: StatementSpec, environmentId?: string): void {
    this.#environment(environmentId).stored.statements.add(spec, this.#clock.now());
  }

  /** Stops or resumes the statement as another client does. */
  setStopped(name: string, stopped: boolean, environmentId?: string): void {
    this.#environment(environmentId).stored.statements.get(name).setStopped(stopped, this.#clock.now());
  }

  statement(name: string, environmentId?: string): InspectedStatement {
    return this.#environment(environmentId).stored.statements.get(name).inspect(this.#clock.now());
  }

  statementNames(environmentId?: string): readonly string[] {
    return this.#environment(environmentId).stored.statements.names;
  }

  connection(name: string, environmentId?: string): InspectedConnection {
    return this.#stored(name, environmentId).inspect(this.#clock.now());
  }

  /** Changes `resource_version` and `updated_at` of the connection, as another client does. */
  touch(name: string, environmentId?: string): void {
    this.#stored(name, environmentId).touch(this.#clock.now());
  }

  /** Adds a fault for later requests. */
  fail(rule: FaultRule): void {
    this.#faults.add(rule);
  }

  #environment(environmentId: string | undefined): Environment {
    const [only, ...others] = this.#environments.values();
    const found = environmentId === undefined ? only : this.#environments.get(environmentId);
    if (!found) throw new Error(`The sandbox has no environment ${environmentId ?? ""}.`);
    if (environmentId === undefined && others.length > 0) throw new Error("Say which environment.");
    return found;
  }

  #stored(name: string, environmentId: string | undefined): StoredConnection {
    const connection = this.#environment(environmentId).stored.find(name);
    if (!connection) throw new Error(`The sandbox has no connection ${name}.`);
    return connection;
  }

  #settingsFor({ environmentId, connection = "" }: Route): Settings {
    const stored = this.#environments.get(environmentId)?.stored;
    return (
      stored?.find(connection)?.settings ?? stored?.settings ?? { ...DEFAULT_SETTINGS, ...this.#settings }
    );
  }
}
