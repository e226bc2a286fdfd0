import { elasticAuthorization, get, inHeader, post } from "./api-key.ts";
import { AWS_DOMAINS, getCallerIdentity, isCallerIdentity, xmlError } from "./aws.ts";
import { isJsonObject, nested, nestedOrText, oauthError } from "./errors.ts";
import { signedAssertion } from "./google.ts";
import { clientCredentials, tokenEndpointOf } from "./oauth2.ts";
import type { Provider } from "./provider.ts";

/**
 * `sts:GetCallerIdentity` needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * Codes: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html. A wrong clock has the same code as
 * a wrong key, with the message "Signature expired" or "Signature not yet current".
 * New keys take seconds: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (eventual consistency).
 */
const aws: Provider = {
  domains: AWS_DOMAINS,
  requests: getCallerIdentity,
  errorOf: xmlError,
  isGenuine: isCallerIdentity,
  refused: [
    { status: 403, code: "InvalidClientTokenId" },
    { status: 403, code: "SignatureDoesNotMatch", notMessage: /^Signature (expired|not yet current)/ },
    { status: 403, code: "ExpiredToken" },
  ],
  confirmAfterMs: 5_000,
};

/** Client credentials: https://datatracker.ietf.org/doc/html/rfc6749#section-4.4; errors: section 5.2. */
const oauth2: Provider = {
  domains: [],
  destination: tokenEndpointOf,
  requests: clientCredentials,
  errorOf: oauthError,
  isGenuine: isJsonObject,
  refused: [
    { status: 401, code: "invalid_client" },
    { status: 400, code: "invalid_client" },
  ],
};

/** The connection types whose provider can check a key without any other effect. */
export const PROVIDERS: ReadonlyMap<string, Provider> = new Map<string, Provider>([
  [
    "OPENAI",
    {
      // https://platform.openai.com/docs/api-reference/models/list
      // https://platform.openai.com/docs/guides/error-codes
      // A restricted key may not list models. Then the status is 403 or 401 without a code:
      // https://community.openai.com/t/api-key-permissions-ui-model-request-scope-only-appears-when-model-capabilities-is-set-to-request/1374480
      domains: ["api.openai.com"],
      requests: get("/v1/models", inHeader("authorization", "Bearer ")),
      errorOf: nested(({ code }) => code),
      isGenuine: isJsonObject,
      valid: [
        { status: 403, message: /Missing scopes: / },
        { status: 401, message: /Missing scopes: / },
      ],
      refused: [
        { status: 401, code: "invalid_api_key" },
        { status: 401, code: "account_deactivated" },
      ],
    },
  ],
  [
    "ANTHROPIC",
    {
      // https://docs.anthropic.com/en/api/models-list
      // https://docs.anthropic.com/en/api/errors
      domains: ["api.anthropic.com"],
      requests: get("/v1/models?limit=1", inHeader("x-api-key", "", { "anthropic-version": "2023-06-01" })),
      errorOf: nested(({ type }) => type),
      isGenuine: isJsonObject,
      refused: [{ status: 401, code: "authentication_error" }],
    },
  ],
  [
    "GOOGLEAI",
    {
      // https://ai.google.dev/api/models#method:-models.list
      // https://cloud.google.com/apis/design/errors (ErrorInfo.reason API_KEY_INVALID)
      domains: ["generativelanguage.googleapis.com"],
      requests: get("/v1beta/models?pageSize=1", inHeader("x-goog-api-key")),
      errorOf: nested(({ details }) => details.find(({ reason }) => reason !== undefined)?.reason),
      isGenuine: isJsonObject,
      refused: [{ status: 400, code: "API_KEY_INVALID" }],
    },
  ],
  [
    "AZUREOPENAI",
    {
      // https://learn.microsoft.com/en-us/rest/api/azureopenai/models/list
      // The code of a missing role is PermissionDenied, so the code alone distinguishes the two.
      domains: [
        "openai.azure.com",
        "cognitiveservices.azure.com",
        "services.ai.azure.com",
        "openai.azure.us",
      ],
      requests: get("/openai/models?api-version=2024-10-21", inHeader("api-key")),
      errorOf: nested(({ code }) => code),
      isGenuine: isJsonObject,
      refused: [{ status: 401, code: "401", message: /invalid subscription key/ }],
    },
  ],
  [
    "PINECONE",
    {
      // https://docs.pinecone.io/reference/api/data-plane/describeindexstats
      // https://docs.pinecone.io/reference/api/errors (401: missing or invalid API key)
      // The body is plain text, or an ErrorResponse with the code of google.rpc:
      // https://docs.pinecone.io/reference/api/2025-10/data-plane/describeindexstats (responses)
      domains: ["pinecone.io"],
      requests: post("/describe_index_stats", inHeader("api-key")),
      errorOf: nestedOrText(({ code }) => code),
      isGenuine: isJsonObject,
      refused: [
        { status: 401, message: /^(Invalid|Malformed) API Key/i },
        { status: 401, code: "UNAUTHENTICATED" },
      ],
    },
  ],
  [
    "ELASTIC",
    {
      // https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-security-authenticate
      // "missing authentication credentials" means that a proxy removed the header.
      domains: ["elastic-cloud.com", "elastic.cloud", "found.io", "es.io"],
      requests: get("/_security/_authenticate", elasticAuthorization),
      errorOf: nested(({ type }) => type),
      isGenuine: isJsonObject,
      refused: [{ status: 401, code: "security_exception", message: /unable to authenticate/ }],
    },
  ],
  ["BEDROCK", aws],
  ["SAGEMAKER", aws],
  ["S3VECTORS", aws],
  [
    "VERTEXAI",
    {
      // https://developers.google.com/identity/protocols/oauth2/service-account (HTTP/REST, JWT error codes)
      // invalid_grant may also mean a wrong clock; then the message mentions iat and exp.
      domains: ["googleapis.com"],
      requests: signedAssertion,
      errorOf: oauthError,
      isGenuine: isJsonObject,
      refused: [
        { status: 400, code: "invalid_grant", message: /Invalid JWT Signature|account not found/i },
        { status: 401, code: "invalid_client" },
        { status: 400, code: "invalid_client" },
      ],
    },
  ],
  ["REST", oauth2],
  ["A2A", oauth2],
  ["MCP_SERVER", oauth2],
]);
