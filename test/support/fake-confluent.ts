import type { Clock } from "../../src/rotation/clock.ts";
import type { PutRequest, UpdateResponse } from "../../src/rotation/connection.ts";
import type { ApiKey, ConnectionPage, EnvironmentApi } from "../../src/rotation/dependencies.ts";
import {
  ConflictError,
  RotationError,
  UnauthorizedError,
  UnknownResultError,
} from "../../src/rotation/errors.ts";
import { PAGE_SIZE } from "../../src/rotation/polling/reader.ts";
import { StoredEnvironment } from "../../src/sandbox/confluent/environment.ts";
import { ApiError } from "../../src/sandbox/confluent/responses.ts";
import type { AuthData, Settings } from "../../src/sandbox/confluent/settings.ts";
import type { StoredStatements } from "../../src/sandbox/confluent/statements.ts";
import {
  connectionState,
  DEFAULT_CONNECTION,
  FakeConnection,
  type FakeConnectionOptions,
} from "./fake-connection.ts";
import { fakeStatements, type StatementMethod } from "./fake-statements.ts";
import { untrusted } from "./untrusted.ts";

/** A fault of a request. `lost`: the PUT is applied, but its response is lost. `dropped`: the PUT is not applied. */
export type Fault = "unauthorized" | "forbidden" | "service" | "refused" | "lost" | "dropped" | "hang";

export interface FakeRequest {
  /** Requests about statements have separate names. */
  readonly method: "LIST" | "GET" | "PUT" | StatementMethod;
  readonly name?: string;
  /** The data of a PUT. */
  readonly data?: AuthData;
  readonly apiKey: string;
  /** When the client sent it, in milliseconds since the epoch. */
  readonly sentAt: number;
  readonly fault: Fault | undefined;
}

export interface FakeOptions {
  readonly clock: Clock;
  /** The default settings of connections. */
  readonly settings?: Partial<Settings>;
  /** One-way latency, called twice for each request. */
  readonly latencyMs?: () => number;
  readonly fault?: (request: Omit<FakeRequest, "fault">) => Fault | undefined;
}

/** The connections API in memory: the sandbox's model of an environment with latency, faults and a record of the requests. */
export class FakeConfluent {
  /** Every request, the oldest first. */
  readonly requests: FakeRequest[] = [];
  /** The maximum number of concurrent PUTs of one connection. */
  mostPutsAtOnce = 0;
  readonly #options: FakeOptions;
  readonly #environment: StoredEnvironment;
  readonly #connections = new Map<string, FakeConnection>();
  readonly #putsInFlight = new Map<string, number>();

  constructor(options: FakeOptions) {
    this.#options = options;
    this.#environment = new StoredEnvironment(options.settings);
  }

  add(name: string, options: FakeConnectionOptions = {}): FakeConnection {
    const stored = this.#environment.add({ ...DEFAULT_CONNECTION, name, ...options }, this.#now());
    const connection = new FakeConnection(stored);
    this.#connections.set(name, connection);
    return connection;
  }

  connection(name: string): FakeConnection {
    const connection = this.#connections.get(name);
    if (connection === undefined) throw new Error(`The fake has no connection ${name}.`);
    return connection;
  }

  /** The API for the owner of a key. */
  api({ key }: ApiKey): EnvironmentApi {
    const apiKey = key.reveal();
    return {
      list: (token) => this.#handle({ method: "LIST", apiKey }, () => this.#list(token)),
      get: (name) => this.#handle({ method: "GET", apiKey, name }, () => this.#get(name)),
      put: (update) => this.#put(update, apiKey),
      statements: fakeStatements(this.#environment.statements, {
        now: () => this.#now(),
        handle: (call, work) => this.#handle({ ...call, apiKey }, work),
      }),
    };
  }

  get statements(): StoredStatements {
    return this.#environment.statements;
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #list(after = ""): ConnectionPage {
    const { items, nextAfter } = this.#environment.list({ size: PAGE_SIZE, after }, this.#now());
    return {
      connections: items.map(connectionState),
      ...(nextAfter !== undefined && { nextToken: nextAfter }),
    };
  }

  #get(name: string) {
    const view = this.#environment.find(name)?.read(this.#now());
    return view && connectionState(view);
  }

  async #put(update: PutRequest, apiKey: string): Promise<UpdateResponse> {
    const { name } = update;
    const inFlight = (this.#putsInFlight.get(name) ?? 0) + 1;
    this.#putsInFlight.set(name, inFlight);
    this.mostPutsAtOnce = Math.max(this.mostPutsAtOnce, inFlight);
    const data: AuthData = JSON.parse(update.data.reveal());
    try {
      return await this.#handle({ method: "PUT", apiKey, name, data }, () => this.#apply(update, data));
    } finally {
      this.#putsInFlight.set(name, (this.#putsInFlight.get(name) ?? 0) - 1);
    }
  }

  #apply({ name, resourceVersion }: PutRequest, data: AuthData): UpdateResponse {
    const update = { data, resourceVersion, hasMetadata: resourceVersion !== undefined };
    const isApplied = this.#environment.connection(name).put(update, this.#now());
    if (!isApplied)
      throw new UnknownResultError("service", "A PUT was answered with HTML.", { httpStatus: 200 });
    return { httpStatus: 200, requestId: untrusted("request-put") };
  }

  async #handle<T>(call: Omit<FakeRequest, "sentAt" | "fault">, work: () => T): Promise<T> {
    const { clock, latencyMs = () => 0, fault: faultOf = () => undefined } = this.#options;
    const sent = { ...call, sentAt: clock.now() };
    const fault = faultOf(sent);
    this.requests.push({ ...sent, fault });
    await pass(clock, latencyMs());
    const isCarriedOut = fault === undefined || (fault === "lost" && call.method === "PUT");
    const [result, error] = isCarriedOut ? attempt(work) : [undefined, undefined];
    await pass(clock, latencyMs());
    if (fault === "hang") return new Promise<never>(() => undefined);
    if (fault !== undefined) throw faultError(fault, call.method);
    if (error !== undefined) throw error instanceof ApiError ? putError(error) : error;
    return result as T;
  }
}

function attempt<T>(work: () => T): [T | undefined, unknown] {
  try {
    return [work(), undefined];
  } catch (error) {
    return [undefined, error];
  }
}

async function pass(clock: Clock, ms: number): Promise<void> {
  if (ms > 0) await clock.sleep(ms);
}

/** The error that the client throws for a PUT that the API refuses. */
function putError({ status: httpStatus, message }: ApiError): RotationError {
  if (httpStatus === 409 || httpStatus === 412) return new ConflictError({ httpStatus });
  return new RotationError(httpStatus === 404 ? "not-found" : "rejected", message, { httpStatus });
}

function faultError(fault: Exclude<Fault, "hang">, method: FakeRequest["method"]): RotationError {
  switch (fault) {
    case "unauthorized":
      return new UnauthorizedError("Confluent refused the API key (401).", { httpStatus: 401 });
    case "forbidden":
      return new UnauthorizedError("The API key may not do this (403).", { httpStatus: 403 });
    case "refused":
      return new RotationError(method === "PUT" ? "rejected" : "service", "It was refused.", {
        httpStatus: 400,
      });
    case "service":
    case "lost":
    case "dropped":
      return method === "PUT"
        ? new UnknownResultError("unreachable", "Whether the PUT was applied is not known.")
        : new RotationError("service", "The service is out of order.", { httpStatus: 503 });
  }
}
