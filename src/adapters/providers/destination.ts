import type { KeyQuestion } from "../../rotation/provider-check.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The URL to which a key may be sent: the host of the live endpoint, over https, if it belongs to the provider or is the one in
 * connections.json. So a key is sent only where Confluent also sends it.
 * @returns `undefined` if the key must not be sent
 */
export function destinationOf(
  { connection, endpoint }: Pick<KeyQuestion, "connection" | "endpoint">,
  domains: readonly string[],
): URL | undefined {
  const live = safeUrl(endpoint);
  if (live === undefined) return undefined;
  const configured = safeUrl(connection.endpoint ?? "");
  return isOwned(live, domains) || configured?.origin === live.origin ? live : undefined;
}

/** The URL if it is safe for a key: https, or http on a loopback address, without a user name. */
export function safeUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return undefined;
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
  return isSafe ? url : undefined;
}

export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

/** True for a host of the provider. */
export function isOwned({ protocol, hostname, port }: URL, domains: readonly string[]): boolean {
  const belongs = domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  return protocol === "https:" && port === "" && belongs;
}
