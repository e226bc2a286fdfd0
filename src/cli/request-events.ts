import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { ClientRequest, IncomingMessage } from "node:http";
import * as z from "zod/mini";

/** The events of undici, which calls Confluent and the providers. Raw headers alternate between name and value. */
const undiciEvent = z.object({
  request: z.custom<UndiciRequest>(
    (value) => typeof value === "object" && value !== null && "origin" in value,
  ),
  response: z.optional(z.object({ statusCode: z.number(), headers: z.array(z.custom<Uint8Array>()) })),
  error: z.optional(z.unknown()),
});

interface UndiciRequest {
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
}

/** The events of Node's http, which the AWS SDK uses. */
const nodeEvent = z.object({
  request: z.instanceof(ClientRequest),
  response: z.optional(z.instanceof(IncomingMessage)),
  error: z.optional(z.unknown()),
});

/** An HTTP request of this process. */
export interface ObservedRequest {
  /** The same object from the start of a request to its end. */
  readonly key: object;
  readonly method: string;
  readonly url: string;
  /** Of an AWS service. */
  readonly operation?: string;
}

/** The start of its response, or the reason why there is none. */
export interface ObservedResponse {
  readonly status?: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly error?: unknown;
}

interface RequestObserver {
  readonly started: (request: ObservedRequest) => void;
  readonly ended: (request: ObservedRequest, response: ObservedResponse) => void;
}

/** Observes each HTTP request of this process. @returns a function that stops observing. */
export function observeRequests({ started, ended }: RequestObserver): () => void {
  const undiciEnded = (message: unknown) => ended(...parseUndici(message));
  const nodeEnded = (message: unknown) => ended(...parseNode(message));
  const listeners: Readonly<Record<string, (message: unknown) => void>> = {
    "undici:request:create": (message) => started(parseUndici(message)[0]),
    "undici:request:headers": undiciEnded,
    "undici:request:error": undiciEnded,
    "http.client.request.start": (message) => started(parseNode(message)[0]),
    "http.client.response.finish": nodeEnded,
    "http.client.request.error": nodeEnded,
  };
  for (const [name, listener] of Object.entries(listeners)) subscribe(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) unsubscribe(name, listener);
  };
}

type Parsed = readonly [ObservedRequest, ObservedResponse];

function parseUndici(message: unknown): Parsed {
  const { request, response, error } = undiciEvent.parse(message);
  const texts = (response?.headers ?? []).map((bytes) => Buffer.from(bytes).toString());
  const headers = texts.flatMap((text, index) =>
    index % 2 === 0 ? [[text.toLowerCase(), texts[index + 1] ?? ""] as const] : [],
  );
  return [
    { key: request, method: request.method, url: `${request.origin}${request.path}` },
    { ...(response && { status: response.statusCode }), headers: new Map(headers), error },
  ];
}

function parseNode(message: unknown): Parsed {
  const { request, response, error } = nodeEvent.parse(message);
  const target = request.getHeader("x-amz-target");
  const operation = typeof target === "string" ? target.replace(/^.*\./, "") : undefined;
  const host = request.getHeader("host") ?? request.host;
  const url = `${request.protocol}//${String(host)}${request.path}`;
  const headers = Object.entries(response?.headers ?? {}).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return [
    { key: request, method: request.method, url, ...(operation !== undefined && { operation }) },
    {
      ...(response?.statusCode !== undefined && { status: response.statusCode }),
      headers: new Map(headers),
      error,
    },
  ];
}
