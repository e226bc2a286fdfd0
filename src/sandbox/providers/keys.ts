import type { IncomingHttpHeaders } from "node:http";
import * as z from "zod";
import { parseJson } from "../../rotation/json.ts";

/** A request as the stand-in receives it. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A provider and the key in a request to it; empty without a key. */
export interface ShownKey {
  readonly provider: ProviderName;
  readonly key: string;
}

export type ProviderName =
  | "OPENAI"
  | "ANTHROPIC"
  | "GOOGLEAI"
  | "AZUREOPENAI"
  | "PINECONE"
  | "ELASTIC"
  | "AWS"
  | "VERTEXAI"
  | "OAUTH2";

/** The provider whose API a request calls, and the key; `undefined` if no provider has this path. */
export function shownKey({ method, path, headers, body }: Asked): ShownKey | undefined {
  const header = (name: string): string => String(headers[name] ?? "");
  const authorization = header("authorization");
  switch (`${method} ${path.split("?")[0]}`) {
    case "GET /v1/models":
      return headers["x-api-key"] === undefined
        ? { provider: "OPENAI", key: authorization.replace(/^Bearer /, "") }
        : { provider: "ANTHROPIC", key: header("x-api-key") };
    case "GET /v1beta/models":
      return { provider: "GOOGLEAI", key: header("x-goog-api-key") };
    case "GET /openai/models":
      return { provider: "AZUREOPENAI", key: header("api-key") };
    case "POST /describe_index_stats":
      return { provider: "PINECONE", key: header("api-key") };
    case "GET /_security/_authenticate":
      return { provider: "ELASTIC", key: elasticKey(authorization) };
    case "POST /":
      return { provider: "AWS", key: /Credential=([^/]*)/.exec(authorization)?.[1] ?? "" };
    case "POST /token":
      return { provider: "VERTEXAI", key: keyIdOf(new URLSearchParams(body).get("assertion") ?? "") };
    case "POST /oauth2/token":
      return { provider: "OAUTH2", key: clientSecret(authorization, new URLSearchParams(body)) };
    default:
      return undefined;
  }
}

function elasticKey(authorization: string): string {
  const [scheme, value = ""] = authorization.split(" ");
  return scheme === "Basic" ? Buffer.from(value, "base64").toString() : value;
}

const jwtHeader = z.object({ kid: z.string() });

function keyIdOf(assertion: string): string {
  const [header = ""] = assertion.split(".");
  const parsed = jwtHeader.safeParse(parseJson(Buffer.from(header, "base64url").toString()));
  return parsed.data?.kid ?? "";
}

function clientSecret(authorization: string, form: URLSearchParams): string {
  const encoded = /^Basic (.*)/.exec(authorization)?.[1];
  if (encoded === undefined) return form.get("client_secret") ?? "";
  const [, secret = ""] = Buffer.from(encoded, "base64").toString().split(":");
  return unescaped(secret);
}

/** The text itself if it is not percent-encoded. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
