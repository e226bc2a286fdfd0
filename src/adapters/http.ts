import { Agent, type Dispatcher, EnvHttpProxyAgent, request as undiciRequest } from "undici";
import { USER_AGENT } from "../version.ts";
import { decompress } from "./decompress.ts";
import { toNetworkError } from "./network-error.ts";
import { type ProxySettings, proxySettings } from "./proxy.ts";

/** Far above the largest page of connections. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_SOCKETS = 100;

/** The sockets of one run. */
export function createAgent(proxy: ProxySettings | undefined = proxySettings()): Dispatcher {
  const options = {
    allowH2: false,
    connections: MAX_SOCKETS,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    maxResponseSize: MAX_BODY_BYTES,
  };
  if (proxy === undefined) return new Agent(options);
  const { url, noProxy } = proxy;
  return new EnvHttpProxyAgent({
    ...options,
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTls: { allowH2: false },
    httpProxy: url,
    httpsProxy: url,
    noProxy: noProxy.join(","),
  });
}

export interface HttpRequest {
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  readonly url: string;
  readonly authorization?: string;
  readonly body?: string;
  /** `application/json` by default. */
  readonly contentType?: string;
  /** For the whole request, including the response body. */
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** True for a status that may differ at the next attempt. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status >= 500;
}

/**
 * Sends one request and reads the whole response. Redirects are ordinary responses.
 * @throws NetworkError of class `unreachable`, `timeout` or `service`
 */
export async function sendRequest(
  dispatcher: Dispatcher,
  request: HttpRequest,
  proxy: ProxySettings | undefined = proxySettings(),
): Promise<HttpResponse> {
  const { method, authorization, body: content, contentType = "application/json", timeoutMs } = request;
  const url = new URL(request.url);
  try {
    const { statusCode, headers, body } = await undiciRequest(url, {
      dispatcher,
      signal: AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs))),
      method,
      headers: {
        accept: "application/json",
        "accept-encoding": "identity",
        "user-agent": USER_AGENT,
        ...(authorization !== undefined && { authorization }),
        ...(content !== undefined && { "content-type": contentType }),
      },
      body: content ?? null,
    });
    const bytes = decompress(await body.bytes(), String(headers["content-encoding"] ?? ""), MAX_BODY_BYTES);
    return {
      status: statusCode,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body: new TextDecoder().decode(bytes),
    };
  } catch (error) {
    throw toNetworkError(error, url.host, proxy?.host);
  }
}
