import { isFromApi } from "../../adapters/confluent-fault.ts";
import type { HttpRequest, HttpResponse } from "../../adapters/http.ts";
import { parseJson } from "../../rotation/json.ts";

/** One PUT and its response, without anything that was sent. */
export interface PutExchange {
  /** True if the body had `metadata`; Confluent's own clients omit it. */
  readonly metadata: boolean;
  /** Absent without a response. */
  readonly httpStatus?: number;
  readonly body?: PutResponseBody;
}

type PutResponseBody = "connection" | "error" | "empty" | "not-from-the-api";

/** The headers with which Confluent announces its rate limits. */
const RATE_LIMIT_HEADERS = [
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "retry-after",
] as const;

export type RateLimitHeader = (typeof RATE_LIMIT_HEADERS)[number];

/** Header values come from outside; these are numbers or dates. */
const HEADER_VALUE = /^[\w .,:;=+-]{1,40}$/;

/** Details of the exchanges with Confluent that its client does not return. */
export class ExchangeLog {
  readonly #puts: PutExchange[] = [];
  readonly #rateLimit = new Map<RateLimitHeader, string>();
  #requests = 0;

  readonly add = (request: HttpRequest, response: HttpResponse | undefined): void => {
    this.#requests += 1;
    if (request.method === "PUT") this.#puts.push(toPutExchange(request, response));
    for (const name of RATE_LIMIT_HEADERS) {
      const value = response?.headers[name];
      if (value !== undefined && HEADER_VALUE.test(value)) this.#rateLimit.set(name, value);
    }
  };

  /** The PUTs that end from now on. */
  putsFromNow(): () => readonly PutExchange[] {
    const from = this.#puts.length;
    return () => this.#puts.slice(from);
  }

  get requests(): number {
    return this.#requests;
  }

  /** The last value of each header. */
  get rateLimit(): Readonly<Partial<Record<RateLimitHeader, string>>> {
    return Object.fromEntries(this.#rateLimit);
  }
}

function toPutExchange({ body = "" }: HttpRequest, response: HttpResponse | undefined): PutExchange {
  const sent = parseJson(body);
  const metadata = typeof sent === "object" && sent !== null && "metadata" in sent;
  if (response === undefined) return { metadata };
  return { metadata, httpStatus: response.status, body: bodyKind(response) };
}

function bodyKind(response: HttpResponse): PutResponseBody {
  const { status, body } = response;
  if (!isFromApi(response)) return "not-from-the-api";
  const json = parseJson(body);
  if (typeof json !== "object" || json === null) return "empty";
  if (status >= 300) return "error";
  return "spec" in json ? "connection" : "not-from-the-api";
}
