import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";

/** Work of the process other than HTTP and timers: file reads and name lookups. */
const OTHER_WORK = /^(FSReq|GetAddrInfo|TCPConnect)/;

const SIGNS_OF_LIFE = [
  "undici:request:headers",
  "undici:request:bodyChunkReceived",
  "http.server.request.start",
  "http.server.response.finish",
];

interface AwsMessage {
  readonly request: ClientRequest;
  readonly response?: IncomingMessage;
  readonly error?: Error;
}

type Listener = (message: unknown) => void;

/** Tracks the HTTP requests of undici and of the AWS SDK in this process. */
export class Traffic {
  /** Increases with every event. */
  stirred = 0;
  /** How many requests in progress a server delays until time advances. */
  heldBack = 0;
  readonly #underWay = new Set<unknown>();
  /** Calls of the SDK between two attempts, for which it waits in real time. */
  readonly #toBeRetried = new Set<unknown>();
  readonly #listeners: readonly (readonly [string, Listener])[] = [
    ["undici:request:create", listener(({ request }) => this.#begin(request))],
    ["undici:request:trailers", listener(({ request }) => this.#end(request))],
    ["undici:request:error", listener(({ request }) => this.#end(request))],
    ["http.client.request.start", listener((message) => this.#begin(callOf(message)))],
    ["http.client.response.finish", listener((message) => this.#endAttempt(message))],
    ["http.client.request.error", listener((message) => this.#endAttempt(message))],
    ...SIGNS_OF_LIFE.map((name) => [name, () => this.stir()] as const),
  ];

  constructor() {
    for (const [name, listen] of this.#listeners) subscribe(name, listen);
  }

  get isBusy(): boolean {
    if (this.#underWay.size > this.heldBack || this.#toBeRetried.size > 0) return true;
    return process.getActiveResourcesInfo().some((name) => OTHER_WORK.test(name));
  }

  stir(): void {
    this.stirred += 1;
  }

  /** Stops waiting for the requests in progress. */
  giveUp(): void {
    this.#underWay.clear();
  }

  close(): void {
    for (const [name, listen] of this.#listeners) unsubscribe(name, listen);
  }

  #begin(key: unknown): void {
    this.stir();
    this.#toBeRetried.delete(key);
    this.#underWay.add(key);
  }

  #end(key: unknown): void {
    this.stir();
    this.#underWay.delete(key);
  }

  #endAttempt(message: AwsMessage): void {
    const key = callOf(message);
    const wasWaitedFor = this.#underWay.has(key);
    this.#end(key);
    if (wasWaitedFor && isRetried(message)) this.#toBeRetried.add(key);
  }
}

function listener(listen: (message: AwsMessage) => void): Listener {
  return (message) => listen(message as AwsMessage);
}

function callOf({ request }: AwsMessage): unknown {
  return request.getHeader("amz-sdk-invocation-id") ?? request;
}

function isRetried({ request, response, error }: AwsMessage): boolean {
  const [attempt, max] = String(request.getHeader("amz-sdk-request")).match(/\d+/g)?.map(Number) ?? [];
  if (attempt === undefined || max === undefined || attempt >= max) return false;
  const status = response?.statusCode ?? 0;
  return status === 429 || status >= 500 || (error !== undefined && error.name !== "AbortError");
}
