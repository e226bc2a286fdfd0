import { createSign } from "node:crypto";
import * as z from "zod/mini";
import { parseJson } from "../../rotation/json.ts";
import { isLoopback } from "./destination.ts";
import type { ProviderRequest, RequestInput } from "./provider.ts";

const TOKEN_URL = "https://oauth2.googleapis.com/token";
/** URLs of Google's token endpoint that a service account's key may contain. */
const TOKEN_URLS = [
  TOKEN_URL,
  "https://www.googleapis.com/oauth2/v4/token",
  "https://accounts.google.com/o/oauth2/token",
];
const SCOPE = "https://www.googleapis.com/auth/cloud-platform.read-only";
const LIFETIME_SECONDS = 600;

const serviceAccount = z.object({
  client_email: z.string(),
  private_key: z.string(),
  private_key_id: z.optional(z.string()),
  token_uri: z._default(z.string(), TOKEN_URL),
});

/** Requests a token with an assertion signed by the service account's key. The key itself is not sent. */
export function signedAssertion({ credentials, url, now }: RequestInput): readonly ProviderRequest[] {
  const { data: account } = serviceAccount.safeParse(parseJson(credentials["SERVICE_KEY"] ?? ""));
  const isLocal = isLoopback(url);
  if (account === undefined || !(isLocal || TOKEN_URLS.includes(account.token_uri))) return [];
  const tokenUrl = isLocal ? `${url.origin}/token` : account.token_uri;
  const header = { alg: "RS256", typ: "JWT", kid: account.private_key_id };
  const issuedAt = Math.floor(now / 1_000);
  const claims = {
    iss: account.client_email,
    scope: SCOPE,
    aud: tokenUrl,
    iat: issuedAt,
    exp: issuedAt + LIFETIME_SECONDS,
  };
  const unsigned = `${encode(header)}.${encode(claims)}`;
  const signature = createSign("RSA-SHA256").update(unsigned).sign(account.private_key, "base64url");
  const assertion = `${unsigned}.${signature}`;
  const grant = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
  const body = new URLSearchParams(grant);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return [{ method: "POST", url: tokenUrl, headers, body: String(body), derived: assertion }];
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
