import type { Credentials, ProviderRequest, RequestInput } from "./provider.ts";

/** A GET at the provider's host with the key in a header. */
export function get(path: string, headersOf: HeadersOf): RequestsOf {
  return requestsOf(headersOf, (origin) => ({ method: "GET", url: `${origin}${path}`, headers: {} }));
}

/** The same with a POST of an empty JSON object. */
export function post(path: string, headersOf: HeadersOf): RequestsOf {
  const headers = { "content-type": "application/json" };
  return requestsOf(headersOf, (origin) => ({
    method: "POST",
    url: `${origin}${path}`,
    headers,
    body: "{}",
  }));
}

type RequestsOf = (input: RequestInput) => readonly ProviderRequest[];

function requestsOf(headersOf: HeadersOf, requestTo: (origin: string) => ProviderRequest): RequestsOf {
  return ({ credentials, url }) => {
    const withKey = headersOf(credentials);
    if (withKey === undefined) return [];
    const withoutKey = requestTo(url.origin);
    return [{ ...withoutKey, headers: { ...withoutKey.headers, ...withKey }, withoutKey }];
  };
}

/** The headers with the key; `undefined` if the credentials contain none. */
type HeadersOf = (credentials: Credentials) => Readonly<Record<string, string>> | undefined;

/** The API key in one header. */
export function inHeader(
  name: string,
  prefix = "",
  others: Readonly<Record<string, string>> = {},
): HeadersOf {
  return ({ API_KEY: key }) => (key === undefined ? undefined : { [name]: `${prefix}${key}`, ...others });
}

/** Elasticsearch accepts the base64 of `id:key`, or a user name and a password. */
export const elasticAuthorization: HeadersOf = ({
  API_KEY: key,
  USERNAME: user = "",
  PASSWORD: password,
}) => {
  if (key !== undefined) return { authorization: `ApiKey ${key.includes(":") ? base64(key) : key}` };
  return password === undefined ? undefined : { authorization: `Basic ${base64(`${user}:${password}`)}` };
};

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
