import { describe, expect, it } from "vitest";
import {
  CONNECTION_TYPES,
  optionsOf,
  usualSpellings,
} from "../../../src/rotation/credentials/connection-types.ts";

describe("the options of a type", () => {
  it.each([
    ["OPENAI", ["api-key"]],
    ["ELASTIC", ["api-key", "username", "password"]],
    ["S3VECTORS", ["aws-access-key", "aws-secret-key", "aws-session-token"]],
    [
      "MCP_SERVER",
      [
        ...["username", "password", "token", "token-endpoint", "client-id", "client-secret", "scope"],
        ...["api-key", "sse-endpoint", "transport-type"],
      ],
    ],
  ])("%s takes %j", (name, options) => {
    expect(optionsOf(CONNECTION_TYPES.get(name) ?? { groups: [] })).toEqual(options);
  });
});

describe("the usual spellings", () => {
  it.each([
    ["token", ["token", "TOKEN"]],
    ["api-key", ["api-key", "api_key", "apiKey", "API_KEY"]],
    [
      "aws-secret-key",
      ["aws-secret-key", "aws_secret_key", "awsSecretKey", "AWS_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"],
    ],
  ] as const)("of %s are %j", (option, spellings) => expect(usualSpellings(option)).toEqual(spellings));
});
