import * as z from "zod/mini";
import type { Redactor } from "../rotation/redact.ts";
import { UntrustedText, WITHHELD } from "../rotation/untrusted-text.ts";
import { type ObservedRequest, type ObservedResponse, observeRequests } from "./request-events.ts";

/** Headers of a response that help support. */
const SHOWN_HEADERS = [
  "x-request-id",
  "x-amzn-requestid",
  "retry-after",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
] as const;

interface RequestTraceOptions {
  readonly redactor: Redactor;
  readonly print: (line: string) => void;
  readonly now: () => number;
}

/**
 * Prints a line for each HTTP request of this process when its response starts: method, address, status, duration, request
 * id and rate limit. It reads no body and no other header, and omits the values of a query.
 * @returns a function that ends the trace.
 */
export function traceRequests({ redactor, print, now }: RequestTraceOptions): () => void {
  const startedAt = new WeakMap<object, number>();
  return observeRequests({
    started: ({ key }) => startedAt.set(key, now()),
    ended: (request, response) => {
      const ms = Math.round(now() - (startedAt.get(request.key) ?? now()));
      print(
        [
          `${requestText(request, redactor)} ${resultText(response)} in ${ms} ms`,
          ...headerTexts(response, redactor),
        ].join(", "),
      );
    },
  });
}

/** Omits query values, because some providers accept keys in the query. */
function requestText({ method, url, operation }: ObservedRequest, redactor: Redactor): string {
  const address = redactor.redactName(addressOf(url));
  return [method, address, ...(operation === undefined ? [] : [operation])].join(" ");
}

/** The message of an error may quote what was sent; its code does not. */
function resultText({ status, error }: ObservedResponse): string {
  if (status !== undefined) return String(status);
  const { success, data } = z.object({ code: z.string() }).safeParse(error);
  if (success) return `failed (${data.code})`;
  return `failed (${error instanceof Error ? error.name : "unknown"})`;
}

function headerTexts({ headers }: ObservedResponse, redactor: Redactor): string[] {
  return SHOWN_HEADERS.flatMap((name) => {
    const value = headers.get(name);
    if (value === undefined) return [];
    return [`${name} ${mayQuote(value) ? WITHHELD : redactor.redact(value, 100)}`];
  });
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/;

/** True unless the value is an id, number or date. The trace is printed before all secrets are known, such as previous keys. */
function mayQuote(value: string): boolean {
  return !HTTP_DATE.test(value) && UntrustedText.id(value)?.mayQuote === true;
}

const API_PATH = /^\/sql\/v1\/organizations\//;
const ORDINARY_SEGMENT = /^(?:.{0,11}|[a-z_-]{1,30})$/;

/** A redirect may lead to an address that quotes a key: long parts of a path outside Confluent's API are omitted. */
function addressOf(url: string): string {
  const { origin, pathname, search } = new URL(url);
  const query = search.replace(/([?&][^=&]*)=[^&]*/g, "$1=…");
  if (API_PATH.test(pathname)) return `${origin}${pathname}${query}`;
  const segments = pathname.split("/").map((segment) => (ORDINARY_SEGMENT.test(segment) ? segment : "…"));
  return `${origin}${segments.join("/")}${query}`;
}
