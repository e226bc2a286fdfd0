import type { KeyQuestion } from "../../rotation/provider-check.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Where a key may go: to the host of the live endpoint, over https, if that host belongs to the provider or is the one in
 * connections.json. So a key goes nowhere where Confluent would not send it.
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

/** The URL if a key may be sent there at all: https, or http on a loopback address, and no user name in it. */
export function safeUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return undefined;
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
  return isSafe ? url : undefined;
}

export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

/** True for a host of the provider itself. */
export function isOwned({ protocol, hostname, port }: URL, domains: readonly string[]): boolean {
  const belongs = domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  return protocol === "https:" && port === "" && belongs;
}
