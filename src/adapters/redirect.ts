import { RotationError } from "../rotation/errors.ts";
import { UntrustedText } from "../rotation/untrusted-text.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { NetworkError } from "./network-error.ts";

const MAX_REDIRECTS = 5;
const STATUSES = new Set([301, 302, 307, 308]);
const CONFLUENT_HOST = /\.(confluent\.cloud|confluentgov\.com)$/;

export type Hop = Omit<HttpRequest, "timeoutMs">;

/**
 * Sends a request and follows redirects; `send` sends one hop. The API key and the body, which contains the new key, go only
 * to the original host and, over https, to Confluent's hosts.
 * @throws RotationError for a redirect to another host
 */
export async function followRedirects(
  request: Hop,
  send: (hop: Hop) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const { authorization, ...withoutKey } = request;
  const { origin } = new URL(request.url);
  let url = new URL(request.url);
  for (let redirects = 0; ; redirects += 1) {
    const isTrusted =
      url.origin === origin || (url.protocol === "https:" && CONFLUENT_HOST.test(url.hostname));
    if (!isTrusted && request.body !== undefined) throw untrustedRedirect(url);
    const response = await send({ ...(isTrusted ? request : withoutKey), url: url.href }).catch(
      (error: unknown) => {
        throw url.origin !== origin && error instanceof NetworkError ? redirectError(error, url) : error;
      },
    );
    const next = redirects < MAX_REDIRECTS ? locationOf(response, url) : null;
    if (next === null && !isTrusted) throw untrustedRedirect(url);
    if (next === null) return response;
    url = next;
  }
}

function locationOf({ status, headers }: HttpResponse, base: URL): URL | null {
  const location = STATUSES.has(status) ? headers["location"] : undefined;
  const target = location ? URL.parse(location, base.href) : null;
  return target !== null && /^https?:$/.test(target.protocol) ? target : null;
}

/** The host comes from outside, as below. */
function redirectError({ errorClass, isTransient }: NetworkError, url: URL): NetworkError {
  return new NetworkError(
    errorClass,
    UntrustedText.sentence`Confluent's endpoint redirects to ${UntrustedText.name(url.host)}, which did not send a complete response.`,
    isTransient,
  );
}

function untrustedRedirect(url: URL): RotationError {
  return new RotationError(
    "service",
    UntrustedText.sentence`Confluent's endpoint redirects to ${UntrustedText.name(url.host)}, which is not a Confluent host. No key was sent there.`,
  );
}
