import { Agent, type Dispatcher, request } from "undici";
import { type ErrorClass, RotationError } from "../rotation/errors.ts";

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 307, 308]);
const CONFLUENT_HOST = /\.(confluent\.cloud|confluentgov\.com)$/;

const CONNECT_TIMEOUT_MS = 5_000;
const MAX_SOCKETS = 100;

const TOO_LARGE = "UND_ERR_RES_EXCEEDED_MAX_SIZE";
/** Names and codes for an answer that is late; a connection that takes too long to be made is none of them. */
const LATE = /^(TimeoutError|UND_ERR_(HEADERS|BODY)_TIMEOUT)$/;
/** Certificates, and the end of the run, which destroys the dispatcher. */
const LASTING = /CERT|TLS|SSL|SELF_SIGNED|VERIFY|DESTROYED|CLOSED/;

/** There is no whole answer; whether the request was carried out is not known. */
export class NetworkError extends RotationError {
  override readonly name = "NetworkError";
  /** False for what does not change within minutes, such as a certificate that is not valid. */
  readonly isTransient: boolean;

  constructor(errorClass: ErrorClass, message: string, mayPass: boolean) {
    super(errorClass, message);
    this.isTransient = mayPass;
  }
}

/** The sockets of a run, which end with it. It reads no more of an answer than any page of connections has. */
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
  /** For the whole exchange, redirects and body included. */
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * One request and its whole answer, redirects followed. Our key, and a body, which holds the pushed key, go along only to
 * Confluent's hosts over https and to the origin itself.
 * @throws NetworkError of class `unreachable`, `timeout` or `service`; RotationError when a redirect leads astray.
 */
export async function sendRequest(dispatcher: Dispatcher, message: HttpRequest): Promise<HttpResponse> {
  const signal = AbortSignal.timeout(Math.max(1, Math.ceil(message.timeoutMs)));
  let url = new URL(message.url);
  const { origin } = url;
  try {
    for (let hops = 0; ; hops += 1) {
      const isTrusted =
        url.origin === origin || (url.protocol === "https:" && CONFLUENT_HOST.test(url.hostname));
      if (!isTrusted && message.body !== undefined) throw strayed(url);
      const answer = await send(dispatcher, { url, message, signal, isTrusted });
      const location =
        REDIRECTS.has(answer.status) && hops < MAX_REDIRECTS ? answer.headers["location"] : undefined;
      const next = location === undefined ? null : URL.parse(location, url.href);
      if (next === null) {
        if (!isTrusted) throw strayed(url);
        return answer;
      }
      url = next;
    }
  } catch (error) {
    throw error instanceof RotationError ? error : toNoAnswer(error, url.host);
  }
}

interface Hop {
  readonly url: URL;
  readonly message: HttpRequest;
  readonly signal: AbortSignal;
  readonly isTrusted: boolean;
}

async function send(dispatcher: Dispatcher, { url, message, signal, isTrusted }: Hop): Promise<HttpResponse> {
  const { statusCode, headers, body } = await request(url, {
    dispatcher,
    signal,
    method: message.method,
    headers: {
      accept: "application/json",
      ...(isTrusted && { authorization: message.authorization }),
      ...(message.body !== undefined && { "content-type": "application/json" }),
    },
    body: message.body ?? null,
  });
  return {
    status: statusCode,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body: await body.text(),
  };
}

function strayed(url: URL): RotationError {
  return new RotationError(
    "service",
    `Confluent's endpoint redirects to ${url.host}, which is not Confluent's; no key was sent there.`,
  );
}

/** Says what is known by the codes of Node and undici, none of which quotes a request. */
function toNoAnswer(error: unknown, host: string): NetworkError {
  const codes = [error, error instanceof Error ? error.cause : undefined].flatMap((each) =>
    each instanceof Error ? [codeOf(each)] : [],
  );
  const [code = "unknown error"] = codes;
  if (codes.includes(TOO_LARGE)) {
    const message = `The answer of ${host} was larger than ${MAX_BODY_BYTES} bytes.`;
    return new NetworkError("service", message, false);
  }
  if (codes.some((each) => LATE.test(each))) {
    return new NetworkError("timeout", `${host} gave no whole answer in time.`, true);
  }
  return new NetworkError(
    "unreachable",
    `${host} could not be reached (${code}).`,
    !codes.some((each) => LASTING.test(each)),
  );
}

/** The name of a DOMException tells more than its code, which is a number. */
function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
