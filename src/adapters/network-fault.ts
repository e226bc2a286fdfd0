/** Why a request got no response. It quotes nothing of the request. */
interface NetworkFault {
  /** The code of Node or undici. */
  readonly code: string;
  readonly kind: NetworkFaultKind;
  /** The called host, if the error contains it. */
  readonly host?: string;
}

type NetworkFaultKind =
  | "name"
  | "refused"
  | "timeout"
  | "certificate"
  | "expired"
  | "tls"
  | "protocol"
  | "proxy"
  | "interrupted"
  | "other";

const KINDS: readonly (readonly [NetworkFaultKind, RegExp])[] = [
  ["proxy", /^(PROXY|ERR_PROXY)/],
  ["name", /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL|EAI_NODATA)$/],
  ["refused", /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/],
  ["timeout", /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_(HEADERS|BODY)_TIMEOUT|TimeoutError|AbortError)$/],
  ["tls", /^(ERR_SSL_|EPROTO$)/],
  ["expired", /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/],
  ["certificate", /CERT|SELF_SIGNED|VERIFY|^ERR_TLS/],
  ["protocol", /^(HPE_|HTTPParserError$|UND_ERR_(HEADERS_OVERFLOW|RES_CONTENT_LENGTH_MISMATCH)$)/],
  ["interrupted", /^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_CLOSED|UND_ERR_DESTROYED)$/],
];

const PROXY_RESPONSE = /^Proxy response \((\d{3})\)/;

/** `undefined` for an error that is not about the network. */
export function toNetworkFault(error: unknown): NetworkFault | undefined {
  for (const each of chainOf(error)) {
    const code = faultCodeOf(each);
    const kind = KINDS.find(([, codes]) => codes.test(code))?.[0];
    if (kind !== undefined) return { code, kind, ...hostOf(each) };
  }
  return undefined;
}

const REASONS: Readonly<Record<NetworkFaultKind, string>> = {
  name: "its name does not resolve",
  refused: "it accepts no connection",
  timeout: "it did not respond in time",
  certificate: "its certificate is not trusted",
  expired: "its certificate is not valid at this time",
  tls: "no TLS connection could be set up",
  protocol: "its response is not valid HTTP",
  proxy: "the proxy refused the connection",
  interrupted: "the connection was closed",
  other: "",
};

/** Such as "flink.example.com could not be reached (ENOTFOUND): its name does not resolve." */
export function describeNetworkFault({ kind, code }: NetworkFault, host: string): string {
  const reason = REASONS[kind];
  return `${host} could not be reached (${code})${reason === "" ? "" : `: ${reason}`}.`;
}

/** A clause that says what to check where the rotator runs. */
export function networkAdvice(kind: NetworkFaultKind, host: string): string {
  const advice: Readonly<Record<NetworkFaultKind, string>> = {
    name: `Check the name ${host}, and the DNS of the network in which the rotator runs`,
    refused: `Check the address and port of ${host}, and the firewalls on the way to it`,
    timeout: `Check the firewalls and routes to ${host}: from a VPC without internet access it needs a VPC endpoint, and if only a proxy can reach it, HTTPS_PROXY`,
    certificate: `If a proxy or firewall replaces the certificate of ${host}, set NODE_EXTRA_CA_CERTS to a PEM file with its certificate authority`,
    expired: `Renew the certificate of ${host}, or correct the clock where the rotator runs`,
    tls: `Check that ${host} expects https on this port, and the proxies and firewalls on the way to it`,
    protocol: `Check the address and port of ${host}, and the proxies on the way to it: something else may answer there`,
    proxy: `Check HTTPS_PROXY, with the user name and password for the proxy, or add ${host} to NO_PROXY`,
    interrupted: `Check the proxies and firewalls on the way to ${host}`,
    other: `Check that DNS and firewalls let the rotator reach ${host}; if only a proxy can, set HTTPS_PROXY`,
  };
  return advice[kind];
}

/** The error, its causes and the members of an AggregateError. */
function chainOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const combined = error instanceof AggregateError ? error.errors : [];
  return [error, ...[error.cause, ...combined].flatMap(chainOf)];
}

/** A DOMException has a name that says more than its code, which is a number. */
export function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** The status of a proxy's response to CONNECT. undici has it only in its message. */
export function proxyStatusOf(error: unknown): string | undefined {
  return error instanceof Error ? PROXY_RESPONSE.exec(error.message)?.[1] : undefined;
}

function faultCodeOf(error: Error): string {
  const proxyStatus = proxyStatusOf(error);
  if (proxyStatus !== undefined) return `PROXY_${proxyStatus}`;
  const code = codeOf(error);
  return code === "ERR_PROXY_TUNNEL" && "statusCode" in error ? `PROXY_${error.statusCode}` : code;
}

function hostOf(error: Error): { host?: string } {
  const named = "hostname" in error ? error.hostname : "address" in error ? error.address : undefined;
  return typeof named === "string" ? { host: named } : {};
}
