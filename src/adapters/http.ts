import { Agent, type Dispatcher, request as undiciRequest } from "undici";
import { type ErrorClass, RotationError } from "../rotation/errors.ts";

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 307, 308]);
const CONFLUENT_HOST = /\.(confluent\.cloud|confluentgov\.com)$/;

const CONNECT_TIMEOUT_MS = 5_000;
const MAX_SOCKETS = 100;

const TOO_LARGE = "UND_ERR_RES_EXCEEDED_MAX_SIZE";
/** Codes of a response that is late. A connection that cannot be opened in time is not among them. */
const LATE = /^(TimeoutError|UND_ERR_(HEADERS|BODY)_TIMEOUT)$/;
/** Certificate errors, and a dispatcher that was destroyed at the end of the run. */
const PERMANENT = /CERT|TLS|SSL|SELF_SIGNED|VERIFY|DESTROYED|CLOSED/;

/** There is no complete response. The request may have been carried out. */
export class NetworkError extends RotationError {
  override readonly name = "NetworkError";
  /** False for errors that last longer than minutes, such as an invalid certificate. */
  readonly isTransient: boolean;

  constructor(errorClass: ErrorClass, message: string, isTransient: boolean) {
    super(errorClass, message);
    this.isTransient = isTransient;
  }
}

/** The sockets of one run. The size limit is far above the largest page of connections. */
export function createAgent(): Agent {
  return new Agent({
    allowH2: false,
    connections: MAX_SOCKETS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    maxResponseSize: MAX_BODY_BYTES,
  });
}

export interface HttpRequest {
  readonly method: "GET" | "PUT";
  readonly url: string;
  readonly authorization: string;
  readonly body?: string;
  /** For the whole request, including redirects and the response body. */
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends one request, follows redirects and reads the whole response. The API key and the body, which holds the pushed key, go
 * only to the original host and, over https, to Confluent's hosts.
 * @throws NetworkError of class `unreachable`, `timeout` or `service`; RotationError for a redirect to another host.
 */
export async function sendRequest(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpResponse> {
  const signal = AbortSignal.timeout(Math.max(1, Math.ceil(request.timeoutMs)));
  let url = new URL(request.url);
  const { origin } = url;
  try {
    for (let hops = 0; ; hops += 1) {
      const isTrusted =
        url.origin === origin || (url.protocol === "https:" && CONFLUENT_HOST.test(url.hostname));
      if (!isTrusted && request.body !== undefined) throw untrustedRedirect(url);
      const response = await sendHop(dispatcher, { url, request, signal, isTrusted });
      const location =
        REDIRECTS.has(response.status) && hops < MAX_REDIRECTS ? response.headers["location"] : undefined;
      const next = location === undefined ? null : URL.parse(location, url.href);
      if (next === null) {
        if (!isTrusted) throw untrustedRedirect(url);
        return response;
      }
      url = next;
    }
  } catch (error) {
    throw error instanceof RotationError ? error : toNetworkError(error, url.host);
  }
}

interface Hop {
  readonly url: URL;
  readonly request: HttpRequest;
  readonly signal: AbortSignal;
  readonly isTrusted: boolean;
}

async function sendHop(dispatcher: Dispatcher, hop: Hop): Promise<HttpResponse> {
  const { url, request, signal, isTrusted } = hop;
  const { statusCode, headers, body } = await undiciRequest(url, {
    dispatcher,
    signal,
    method: request.method,
    headers: {
      accept: "application/json",
      ...(isTrusted && { authorization: request.authorization }),
      ...(request.body !== undefined && { "content-type": "application/json" }),
    },
    body: request.body ?? null,
  });
  return {
    status: statusCode,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body: await body.text(),
  };
}

function untrustedRedirect(url: URL): RotationError {
  return new RotationError(
    "service",
    `Confluent's endpoint redirects to ${url.host}, which is not a Confluent host. No key was sent there.`,
  );
}

/** Uses only the codes of Node and undici, which never quote a request. */
function toNetworkError(error: unknown, host: string): NetworkError {
  const codes = [error, error instanceof Error ? error.cause : undefined].flatMap((each) =>
    each instanceof Error ? [codeOf(each)] : [],
  );
  const [code = "unknown error"] = codes;
  if (codes.includes(TOO_LARGE)) {
    const message = `The response of ${host} is larger than ${MAX_BODY_BYTES} bytes.`;
    return new NetworkError("service", message, false);
  }
  if (codes.some((each) => LATE.test(each)))
    return new NetworkError("timeout", `${host} did not send a complete response in time.`, true);
  const isTransient = !codes.some((each) => PERMANENT.test(each));
  return new NetworkError("unreachable", `${host} could not be reached (${code}).`, isTransient);
}

/** A DOMException has a name that says more than its code, which is a number. */
function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
