import { randomUUID } from "node:crypto";
import type { SandboxResponse } from "../confluent/responses.ts";
import type { ProviderName, ShownKey } from "./keys.ts";

/** A provider's responses to a good key and to a bad one. */
interface Answers {
  readonly accepted: () => SandboxResponse;
  readonly refused: (key: string) => SandboxResponse;
}

export const json = (status: number, body: object): SandboxResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const text = (status: number, body: string, type = "text/plain"): SandboxResponse => ({
  status,
  headers: { "content-type": type },
  body,
});

const MODELS = { object: "list", data: [{ id: "model-1", object: "model" }] };
const token = () =>
  json(200, { access_token: `token-${randomUUID()}`, token_type: "Bearer", expires_in: 3_599 });
const STS = "https://sts.amazonaws.com/doc/2011-06-15/";

const ANSWERS: Readonly<Record<ProviderName, Answers>> = {
  OPENAI: {
    accepted: () => json(200, MODELS),
    refused: (key) =>
      json(401, {
        error: {
          message: `Incorrect API key provided: ${key.slice(0, 3)}${"*".repeat(20)}${key.slice(-4)}. You can find your API key at https://platform.openai.com/account/api-keys.`,
          type: "invalid_request_error",
          param: null,
          code: "invalid_api_key",
        },
      }),
  },
  ANTHROPIC: {
    accepted: () => json(200, { data: [{ type: "model", id: "model-1" }], has_more: false }),
    refused: () =>
      json(401, { type: "error", error: { type: "authentication_error", message: "invalid x-api-key" } }),
  },
  GOOGLEAI: {
    accepted: () => json(200, { models: [{ name: "models/model-1" }] }),
    refused: () =>
      json(400, {
        error: {
          code: 400,
          message: "API key not valid. Please pass a valid API key.",
          status: "INVALID_ARGUMENT",
          details: [
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              reason: "API_KEY_INVALID",
              domain: "googleapis.com",
            },
          ],
        },
      }),
  },
  AZUREOPENAI: {
    accepted: () => json(200, MODELS),
    refused: () =>
      json(401, {
        error: {
          code: "401",
          message:
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.",
        },
      }),
  },
  PINECONE: {
    accepted: () => json(200, { namespaces: {}, dimension: 3, indexFullness: 0, totalVectorCount: 0 }),
    refused: () => text(401, "Invalid API Key"),
  },
  ELASTIC: {
    accepted: () => json(200, { username: "rotator", roles: [], enabled: true }),
    refused: () => {
      const reason =
        "unable to authenticate with provided credentials and anonymous access is not allowed for this request";
      const error = { type: "security_exception", reason };
      return json(401, { error: { root_cause: [error], ...error }, status: 401 });
    },
  },
  AWS: {
    accepted: () =>
      text(
        200,
        `<GetCallerIdentityResponse xmlns="${STS}"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/flink</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`,
        "text/xml",
      ),
    refused: () =>
      text(
        403,
        `<ErrorResponse xmlns="${STS}"><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token included in the request is invalid.</Message></Error></ErrorResponse>`,
        "text/xml",
      ),
  },
  VERTEXAI: {
    accepted: token,
    refused: () => json(400, { error: "invalid_grant", error_description: "Invalid JWT Signature." }),
  },
  OAUTH2: {
    accepted: token,
    refused: () => json(401, { error: "invalid_client", error_description: "Client authentication failed." }),
  },
};

export function answerTo({ provider, key }: ShownKey, isAccepted: boolean): SandboxResponse {
  return isAccepted ? ANSWERS[provider].accepted() : ANSWERS[provider].refused(key);
}

export function notFound(): SandboxResponse {
  return json(404, { message: "There is no such path." });
}
