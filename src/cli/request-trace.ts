import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { ClientRequest, IncomingMessage } from "node:http";
import * as z from "zod/mini";
import type { Redactor } from "../rotation/redact.ts";

/** Headers of a response that help support. */
const SHOWN_HEADERS = [
  "x-request-id",
  "x-amzn-requestid",
  "retry-after",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
] as const;

/** What undici publishes; Confluent is called with it. Raw headers are pairs of a name and a value. */
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

/** What Node's http publishes; the SDK for AWS uses it. */
const nodeEvent = z.object({
  request: z.instanceof(ClientRequest),
  response: z.optional(z.instanceof(IncomingMessage)),
  error: z.optional(z.unknown()),
});

type Headers = ReadonlyMap<string, string>;

interface Ended {
  readonly request: object;
  readonly method: string;
  readonly url: string;
  readonly operation?: string;
  readonly status?: number;
  readonly headers: Headers;
  readonly error: unknown;
}

export interface RequestTraceOptions {
  readonly redactor: Redactor;
  readonly print: (line: string) => void;
  readonly now: () => number;
}

/**
 * Prints a line for each HTTP request of this process when its response begins: method, address, status, duration, request
 * id and rate limit. No body and no other header is read, and the values of a query are left out.
 * @returns a function that ends the trace.
 */
export function traceRequests({ redactor, print, now }: RequestTraceOptions): () => void {
  const startedAt = new WeakMap<object, number>();
  const started = ({ request }: { readonly request: object }) => startedAt.set(request, now());
  const ended = (each: Ended) =>
    print(lineOf(each, now() - (startedAt.get(each.request) ?? now()), redactor));
  const listeners: Readonly<Record<string, (message: unknown) => void>> = {
    "undici:request:create": (message) => started(undiciEvent.parse(message)),
    "undici:request:headers": (message) => ended(endOfUndici(message)),
    "undici:request:error": (message) => ended(endOfUndici(message)),
    "http.client.request.start": (message) => started(nodeEvent.parse(message)),
    "http.client.response.finish": (message) => ended(endOfNode(message)),
    "http.client.request.error": (message) => ended(endOfNode(message)),
  };
  for (const [name, listener] of Object.entries(listeners)) subscribe(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) unsubscribe(name, listener);
  };
}

function endOfUndici(message: unknown): Ended {
  const { request, response, error } = undiciEvent.parse(message);
  const texts = (response?.headers ?? []).map((bytes) => Buffer.from(bytes).toString());
  const pairs = texts.flatMap((text, index) =>
    index % 2 === 0 ? [[text.toLowerCase(), texts[index + 1] ?? ""] as const] : [],
  );
  return {
    request,
    method: request.method,
    url: `${request.origin}${request.path}`,
    ...(response && { status: response.statusCode }),
    headers: new Map(pairs),
    error,
  };
}

function endOfNode(message: unknown): Ended {
  const { request, response, error } = nodeEvent.parse(message);
  const target = request.getHeader("x-amz-target");
  const pairs = Object.entries(response?.headers ?? {}).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return {
    request,
    method: request.method,
    url: `${request.protocol}//${request.getHeader("host") ?? request.host}${request.path}`,
    ...(typeof target === "string" && { operation: target.replace(/^.*\./, "") }),
    ...(response?.statusCode !== undefined && { status: response.statusCode }),
    headers: new Map(pairs),
    error,
  };
}

function lineOf(
  { method, url, operation, status, headers, error }: Ended,
  ms: number,
  redactor: Redactor,
): string {
  const result = status === undefined ? `failed (${codeOf(error)})` : String(status);
  const facts = SHOWN_HEADERS.flatMap((name) => {
    const value = headers.get(name);
    return value === undefined ? [] : [`${name} ${redactor.redact(value, 100)}`];
  });
  const words = [
    method,
    redactor.redactName(withoutQueryValues(url)),
    operation,
    result,
    `in ${Math.round(ms)} ms`,
  ];
  return [words.filter((word) => word !== undefined).join(" "), ...facts].join(", ");
}

/** Providers take keys in queries too. */
function withoutQueryValues(url: string): string {
  return url.replace(/([?&][^=&]*)=[^&]*/g, "$1=…");
}

/** A message may quote what was sent. */
function codeOf(error: unknown): string {
  const { success, data } = z.object({ code: z.string() }).safeParse(error);
  if (success) return data.code;
  return error instanceof Error ? error.name : "unknown";
}
