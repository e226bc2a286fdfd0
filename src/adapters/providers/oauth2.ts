import type { KeyQuestion } from "../../rotation/provider-check.ts";
import type { ProviderRequest, RequestInput } from "./provider.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };

/**
 * Requests a token with the client credentials. A server returns the same error if it requires the credentials in the other
 * place, or unescaped although RFC 6749 escapes them in the header, so all forms are tried.
 */
export function clientCredentials({ credentials, url }: RequestInput): readonly ProviderRequest[] {
  const { OAUTH2_CLIENT_ID: id, OAUTH2_CLIENT_SECRET: secret, OAUTH2_SCOPE: scope } = credentials;
  if (id === undefined || secret === undefined) return [];
  const grant = { grant_type: "client_credentials", ...(scope !== undefined && { scope }) };
  const request = { method: "POST", url: url.href } as const;
  const inHeader = (user: string, password: string): ProviderRequest => {
    const basic = Buffer.from(`${user}:${password}`).toString("base64");
    const headers = { ...FORM, authorization: `Basic ${basic}` };
    return { ...request, headers, body: String(new URLSearchParams(grant)), derived: basic };
  };
  const inBody = String(new URLSearchParams({ ...grant, client_id: id, client_secret: secret }));
  const escaped = [encodeURIComponent(id), encodeURIComponent(secret)] as const;
  return [
    inHeader(...escaped),
    { ...request, headers: FORM, body: inBody },
    ...(escaped.join(":") === `${id}:${secret}` ? [] : [inHeader(id, secret)]),
  ];
}

/** The token endpoint in connections.json. One that is only in the secret is not trusted, because nobody configured it. */
export function tokenEndpointOf({ connection }: Pick<KeyQuestion, "connection">): string | undefined {
  const { credentials } = connection;
  if (credentials.kind === "options") return credentials.values["token-endpoint"];
  const source = credentials.data["OAUTH2_TOKEN_ENDPOINT"];
  return source !== undefined && "value" in source ? source.value : undefined;
}

/** The token in a response, which must be redacted. */
export function mintedToken(body: string): string | undefined {
  return /"access_token"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1];
}
