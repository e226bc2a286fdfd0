import type { AgentOptions } from "node:https";
import { ConfigError } from "../rotation/errors.ts";

export interface ProxySettings {
  readonly url: string;
  /** The host for messages, without credentials. */
  readonly host: string;
  /** The hosts called directly; an entry includes its subdomains. */
  readonly noProxy: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** Never called through a proxy: only the sandbox uses them. */
const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

/**
 * The proxy for https: HTTPS_PROXY, or HTTP_PROXY if that is not set, except for the hosts in NO_PROXY. As with other tools,
 * lower-case names take precedence. @throws ConfigError
 */
export function proxySettings(env: Env = process.env): ProxySettings | undefined {
  const name = proxyVariable(env);
  const value = name === undefined ? undefined : env[name]?.trim();
  if (name === undefined || value === undefined) return undefined;
  const url = URL.parse(value.includes("://") ? value : `http://${value}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    // The value may contain a password.
    const issue = "It is not the address of a proxy, such as http://proxy.example.com:3128.";
    throw new ConfigError(name, [issue], "variable");
  }
  if (!isDecodable(url.username + url.password))
    throw new ConfigError(
      name,
      ["A percent sign in its user name or password must be written as %25."],
      "variable",
    );
  // Proxies have no path, and clients fail on one.
  Object.assign(url, { pathname: "/", search: "", hash: "" });
  const listed = (env["no_proxy"] || env["NO_PROXY"] || "").split(/[\s,]+/).filter((each) => each !== "");
  return { url: url.href, host: url.host, noProxy: [...listed, ...LOOPBACK] };
}

/** The name of the variable that contains the address of the proxy, if there is one. */
export function proxyVariable(env: Env = process.env): string | undefined {
  return ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"].find((each) => env[each]?.trim());
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** For the AWS SDK. Its requests over http go only to the sandbox. */
export function awsProxyOptions(proxy: ProxySettings | undefined = proxySettings()): {
  readonly httpsAgent?: AgentOptions;
} {
  if (proxy === undefined) return {};
  const NO_PROXY = proxy.noProxy.flatMap((entry) => [entry, ...withSubdomains(entry)]).join(",");
  return { httpsAgent: { proxyEnv: { HTTPS_PROXY: proxy.url, NO_PROXY } } };
}

/** Node treats an entry as one host unless it begins with a dot or an asterisk. */
function withSubdomains(entry: string): string[] {
  return /^[.*]/.test(entry) ? [] : [`.${entry}`];
}
