import { STATUS_CODES } from "node:http";

/** How a response is sent, if not completely and at once. */
export type Transfer =
  | { readonly kind: "hang" }
  | { readonly kind: "reset" }
  | { readonly kind: "drip"; readonly intervalMs: number }
  | { readonly kind: "stall" }
  | { readonly kind: "huge"; readonly bytes: number };

export interface SandboxResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly transfer?: Transfer;
}

const JSON_TYPE = { "content-type": "application/json" };
const HTML_TYPE = { "content-type": "text/html" };

export const HTML_PAGE = "<html><body>Welcome</body></html>";

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
} as const satisfies Record<string, (status: number, text: string) => Omit<SandboxResponse, "status">>;

/** The shapes of error bodies: the API's three, a proxy's page, and no body. */
export type ErrorBody = keyof typeof ERROR_BODIES;

export const ERROR_BODY_SHAPES = [
  "errors",
  "error_code",
  "error",
  "html",
  "empty",
] as const satisfies readonly ErrorBody[];

export function errorResponse(status: number, text: string, shape: ErrorBody = "errors"): SandboxResponse {
  return { status, ...ERROR_BODIES[shape](status, text) };
}

export function jsonResponse(value: object): SandboxResponse {
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(value) };
}

export function emptyResponse(): SandboxResponse {
  return { status: 200, headers: {}, body: "" };
}

/** 200 with an HTML page, as from a proxy or a login portal. */
export function htmlResponse(): SandboxResponse {
  return { status: 200, headers: HTML_TYPE, body: HTML_PAGE };
}

/** An error response of the API. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
