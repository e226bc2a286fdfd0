import type { Clock } from "../../src/rotation/clock.ts";
import type { ConnectionState, PutRequest } from "../../src/rotation/connection.ts";
import type { ApiKey, ConnectionPage, ConnectionsApi } from "../../src/rotation/dependencies.ts";
import {
  ConflictError,
  RotationError,
  UnauthorizedError,
  UnknownResultError,
} from "../../src/rotation/errors.ts";

export type Data = Readonly<Record<string, string>>;

/** What goes wrong with a request. `lost`: a PUT is applied, and nobody hears of it. `dropped`: it is not even applied. */
export type Fault = "unauthorized" | "forbidden" | "service" | "refused" | "lost" | "dropped" | "hang";

export interface Behaviour {
  readonly type: string;
  readonly endpoint: string;
  /** From a PUT to its verdict. */
  readonly timeToReadyMs: number;
  /** For so long after a PUT, reads still give the object as it was before. */
  readonly staleMs: number;
  /** From when on the endpoint accepts the data; `Infinity` for never. */
  readonly validFrom: (data: Data) => number;
  /** `on-put` keeps the INVALID_AUTH of a young key until it is put again. */
  readonly judged: "always" | "on-put";
  readonly unreachable: boolean;
  /** The word for READY; empty for a service that never says. */
  readonly readyPhase: string;
  readonly detail: string;
  /** How an object shows that it has moved. */
  readonly fence: "both" | "version" | "time" | "none";
}

const DEFAULTS: Behaviour = {
  type: "OPENAI",
  endpoint: "https://api.example.com/v1",
  timeToReadyMs: 0,
  staleMs: 0,
  validFrom: () => Number.NEGATIVE_INFINITY,
  judged: "always",
  unreachable: false,
  readyPhase: "READY",
  detail: "",
  fence: "both",
};

export interface FakeRequest {
  readonly method: "LIST" | "GET" | "PUT";
  readonly name?: string;
  /** What a PUT carries. */
  readonly data?: Data;
  readonly apiKey: string;
  /** When the client sent it, in milliseconds since the epoch. */
  readonly sentAt: number;
  readonly fault: Fault | undefined;
}

export interface FakeOptions {
  readonly clock: Clock;
  /** One way, drawn twice for each request. */
  readonly latencyMs?: () => number;
  readonly fault?: (request: Omit<FakeRequest, "fault">) => Fault | undefined;
}

/** The connections API in memory, and what its requests have done to it. */
export class FakeConfluent {
  /** Every request, the oldest first. */
  readonly requests: FakeRequest[] = [];
  /** The most PUTs of one connection that were ever on their way at once. */
  mostPutsAtOnce = 0;
  readonly #options: FakeOptions;
  readonly #connections = new Map<string, FakeConnection>();
  readonly #putsUnderWay = new Map<string, number>();

  constructor(options: FakeOptions) {
    this.#options = options;
  }

  add(name: string, behaviour: Partial<Behaviour> = {}): FakeConnection {
    const connection = new FakeConnection(name, this.#options.clock.now(), { ...DEFAULTS, ...behaviour });
    this.#connections.set(name, connection);
    return connection;
  }

  connection(name: string): FakeConnection {
    const connection = this.#connections.get(name);
    if (connection === undefined) throw new Error(`The fake has no connection ${name}.`);
    return connection;
  }

  /** The API as the owner of a key calls it. */
  api({ key }: ApiKey): ConnectionsApi {
    const apiKey = key.reveal();
    return {
      list: (token) => this.#handle({ method: "LIST", apiKey }, () => this.#list(Number(token ?? 0))),
      get: (name) => this.#handle({ method: "GET", apiKey, name }, () => this.#observe(name)),
      put: (update) => this.#put(update, apiKey),
    };
  }

  #list(from: number): ConnectionPage {
    const names = [...this.#connections.keys()];
    const connections = names.slice(from, from + 100).flatMap((name) => this.#observe(name) ?? []);
    return { connections, ...(names.length > from + 100 && { nextToken: String(from + 100) }) };
  }

  #observe(name: string): ConnectionState | undefined {
    return this.#connections.get(name)?.observe(this.#options.clock.now());
  }

  async #put(update: PutRequest, apiKey: string): Promise<{ httpStatus: number; requestId: string }> {
    const { name } = update;
    const underWay = (this.#putsUnderWay.get(name) ?? 0) + 1;
    this.#putsUnderWay.set(name, underWay);
    this.mostPutsAtOnce = Math.max(this.mostPutsAtOnce, underWay);
    const data: Data = JSON.parse(update.data.reveal());
    try {
      return await this.#handle({ method: "PUT", apiKey, name, data }, () => this.#apply(update, data));
    } finally {
      this.#putsUnderWay.set(name, (this.#putsUnderWay.get(name) ?? 0) - 1);
    }
  }

  #apply({ name, resourceVersion }: PutRequest, data: Data): { httpStatus: number; requestId: string } {
    const connection = this.#connections.get(name);
    if (connection === undefined) throw new RotationError("not-found", "No such connection.", NOT_FOUND);
    connection.put(data, resourceVersion, this.#options.clock.now());
    return { httpStatus: 200, requestId: "request-put" };
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
    if (fault !== undefined) throw toError(fault, call.method);
    if (error !== undefined) throw error;
    return result as T;
  }
}

const NOT_FOUND = { httpStatus: 404 };

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

function toError(fault: Exclude<Fault, "hang">, method: FakeRequest["method"]): RotationError {
  switch (fault) {
    case "unauthorized":
      return new UnauthorizedError("Our key was refused (401).", { httpStatus: 401 });
    case "forbidden":
      return new UnauthorizedError("Our key may not do this (403).", { httpStatus: 403 });
    case "refused":
      return new RotationError(method === "PUT" ? "rejected" : "service", "It was refused.", {
        httpStatus: 400,
      });
    case "service":
    case "lost":
    case "dropped":
      return method === "PUT"
        ? new UnknownResultError("unreachable", "Nobody knows whether it was applied.")
        : new RotationError("service", "The service is out of order.", { httpStatus: 503 });
  }
}

interface Entry {
  readonly at: number;
  readonly data: Data;
  /** When the data came in; `-Infinity` for what was there from the start. */
  readonly putAt: number;
  readonly visibleAt: number;
}

/** One connection; what a read gives follows from its history and the time alone. */
export class FakeConnection {
  readonly name: string;
  behaviour: Behaviour;
  /** Every applied PUT, the oldest first. */
  readonly puts: { readonly at: number; readonly data: Data }[] = [];
  readonly #history: Entry[];

  constructor(name: string, now: number, behaviour: Behaviour) {
    this.name = name;
    this.behaviour = behaviour;
    const putAt = Number.NEGATIVE_INFINITY;
    this.#history = [{ at: now, data: { API_KEY: "old-key" }, putAt, visibleAt: putAt }];
  }

  /** @throws ConflictError for a `resourceVersion` that is not the newest. */
  put(data: Data, resourceVersion: string | undefined, now: number): void {
    const newest = this.#version(this.#history.length - 1);
    if (resourceVersion !== undefined && resourceVersion !== newest)
      throw new ConflictError({ httpStatus: 409 });
    this.puts.push({ at: now, data });
    this.#history.push({ at: now, data, putAt: now, visibleAt: now + this.behaviour.staleMs });
  }

  /** Somebody else changes the connection. */
  touch(now: number): void {
    const { data, putAt } = this.#entry(this.#history.length - 1);
    this.#history.push({ at: now, data, putAt, visibleAt: now });
  }

  /** What it holds, whatever a read gives. */
  get data(): Data {
    return this.#entry(this.#history.length - 1).data;
  }

  observe(now: number): ConnectionState {
    const index = this.#history.findLastIndex(({ visibleAt }) => visibleAt <= now);
    const entry = this.#entry(index);
    const { type, endpoint, detail, fence } = this.behaviour;
    return {
      name: this.name,
      connectionType: type,
      endpoint,
      phase: this.#phase(entry, now),
      detail,
      httpStatus: 200,
      requestId: "request-read",
      ...(fence !== "time" && { resourceVersion: this.#version(index) }),
      ...(fence !== "version" && { updatedAt: this.#entry(fence === "none" ? 0 : index).at }),
    };
  }

  #phase({ data, putAt }: Entry, now: number): string {
    const { timeToReadyMs, validFrom, unreachable, readyPhase, judged } = this.behaviour;
    if (readyPhase === "") return "";
    if (now < putAt + timeToReadyMs) return "PENDING";
    if (unreachable && putAt > 0) return "UNREACHABLE";
    return putAt < 0 || validFrom(data) <= (judged === "always" ? now : putAt) ? readyPhase : "INVALID_AUTH";
  }

  #version(index: number): string {
    return this.behaviour.fence === "none" ? "v" : `v${index}`;
  }

  #entry(index: number): Entry {
    const entry = this.#history[index];
    if (entry === undefined) throw new Error("The history begins with an entry.");
    return entry;
  }
}
