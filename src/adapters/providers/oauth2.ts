import type { KeyQuestion } from "../../rotation/provider-check.ts";
import type { ProviderRequest, RequestInput } from "./provider.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };

/**
 * A token for the client credentials. A server refuses a client with the same error if it wants the credentials in the other
 * place, so both are tried.
 */
export function clientCredentials({ credentials, url }: RequestInput): readonly ProviderRequest[] {
  const { OAUTH2_CLIENT_ID: id, OAUTH2_CLIENT_SECRET: secret, OAUTH2_SCOPE: scope } = credentials;
  if (id === undefined || secret === undefined) return [];
  const grant = { grant_type: "client_credentials", ...(scope !== undefined && { scope }) };
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64");
  const method = "POST";
  return [
    {
      method,
      url: url.href,
      headers: { ...FORM, authorization: `Basic ${basic}` },
      body: String(new URLSearchParams(grant)),
      derived: basic,
    },
    {
      method,
      url: url.href,
      headers: FORM,
      body: String(new URLSearchParams({ ...grant, client_id: id, client_secret: secret })),
    },
  ];
}

/** The token endpoint, if connections.json names it; one that only the secret names was configured by nobody. */
export function tokenEndpointOf({ connection }: Pick<KeyQuestion, "connection">): string | undefined {
  const { credentials } = connection;
  if (credentials.kind === "options") return credentials.values["token-endpoint"];
  const source = credentials.data["OAUTH2_TOKEN_ENDPOINT"];
  return source !== undefined && "value" in source ? source.value : undefined;
}

/** The token in a response, which must not be shown. */
export function mintedToken(body: string): string | undefined {
  return /"access_token"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1];
}
