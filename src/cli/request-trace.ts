import * as z from "zod/mini";
import type { Redactor } from "../rotation/redact.ts";
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

/** Providers take keys in queries too. */
function requestText({ method, url, operation }: ObservedRequest, redactor: Redactor): string {
  const address = redactor.redactName(url.replace(/([?&][^=&]*)=[^&]*/g, "$1=…"));
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
    return value === undefined ? [] : [`${name} ${redactor.redact(value, 100)}`];
  });
}
