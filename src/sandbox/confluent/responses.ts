import { STATUS_CODES } from "node:http";

/** How an answer goes over the wire where it does not simply go whole. */
export type Transfer =
  | { readonly kind: "hang" }
  | { readonly kind: "reset" }
  | { readonly kind: "drip"; readonly intervalMs: number }
  | { readonly kind: "stall" }
  | { readonly kind: "huge"; readonly bytes: number };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly transfer?: Transfer;
}

const JSON_TYPE = { "content-type": "application/json" };
const HTML_TYPE = { "content-type": "text/html" };

const ERROR_BODIES = {
  errors: (status: number, detail: string) => {
    const title = STATUS_CODES[status] ?? "Error";
    const code = title.toLowerCase().replaceAll(" ", "_");
    const errors = [{ id: `error-${status}`, status: String(status), code, title, detail }];
    return { headers: JSON_TYPE, body: JSON.stringify({ errors }) };
  },
  error_code: (status: number, message: string) => ({
    headers: JSON_TYPE,
    body: JSON.stringify({ error_code: status, message }),
  }),
  error: (status: number, message: string) => ({
    headers: JSON_TYPE,
    body: JSON.stringify({ error: { code: status, message } }),
  }),
  html: (status: number, message: string) => ({
    headers: HTML_TYPE,
    body: `<html><head><title>${status}</title></head><body>${message}</body></html>`,
  }),
  empty: () => ({ headers: {}, body: "" }),
} as const satisfies Record<string, (status: number, text: string) => Omit<Answer, "status">>;

/** The shapes in which errors were seen: the API's own three, a proxy's page, and nothing at all. */
export type ErrorBody = keyof typeof ERROR_BODIES;

export function errorAnswer(status: number, text: string, shape: ErrorBody = "errors"): Answer {
  return { status, ...ERROR_BODIES[shape](status, text) };
}

export function jsonAnswer(value: object): Answer {
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(value) };
}

export function emptyAnswer(): Answer {
  return { status: 200, headers: {}, body: "" };
}

/** Thrown where a request is refused; becomes the error answer. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
