import { describe, expect, it } from "vitest";
import { apiKey, dataOf, faultOf, MARKER, oauth2, session } from "../../support/credentials.ts";

describe("a key that was copied with something else", () => {
  const QUOTES = "holds a key with a quotation mark at its beginning or end";
  const LABEL = "begins with the name of a variable or a header";
  const SCHEME = "begins with the name of an authorization scheme";
  const PLACEHOLDER = "holds a placeholder";
  const MISSING = "holds what a program writes for a missing value";
  const NO_HEADER = "holds a character that no header can carry";

  it.each([
    [`Authorization: Bearer ${MARKER}`, SCHEME],
    [`authorization:ApiKey ${MARKER}`, SCHEME],
    [`x-api-key: ${MARKER}`, LABEL],
    [`apikey=${MARKER}`, LABEL],
    [`openai_api_key='${MARKER}'`, LABEL],
    [`export openai_api_key = ${MARKER}`, LABEL],
    [`aws_access_key_id = ${MARKER}`, LABEL],
    [`Access token: ${MARKER}`, LABEL],
    [`setx OPENAI_KEY ${MARKER}`, "begins with a command"],
    [`-H 'key: ${MARKER}'`, "begins with a command"],
    [`${MARKER} # production`, "holds a comment after the key"],
    [`${MARKER} // production`, "holds a comment after the key"],
    [`${MARKER}",`, QUOTES],
    [`b'${MARKER}'`, QUOTES],
    [`\u00AB${MARKER}\u00BB`, QUOTES],
    [`<${MARKER}>`, PLACEHOLDER],
    ["<REDACTED>", PLACEHOLDER],
    [`\${OPENAI_API_KEY}`, PLACEHOLDER],
    ["$OPENAI_API_KEY", PLACEHOLDER],
    ["%OPENAI_API_KEY%", PLACEHOLDER],
    ["changeme", PLACEHOLDER],
    ["YOUR_API_KEY", PLACEHOLDER],
    ["your-token-here", PLACEHOLDER],
    ["null", MISSING],
    ["undefined", MISSING],
    ["None", MISSING],
    ["sk-...abcd", "is a masked key"],
    [`${MARKER.replace("-", "\u2013")}`, NO_HEADER],
    [`\u0410${MARKER}`, NO_HEADER],
    [`${MARKER}\uFFFD`, NO_HEADER],
    ["https://api.example.com/v1", "holds an address where a key is expected"],
    ["arn:aws:secretsmanager:us-east-1:123456789012:secret:key", "holds an address where a key is expected"],
  ])("is refused: %j", (value, words) => {
    for (const secret of [{ "api-key": value }, value])
      expect(faultOf({}, secret)).toMatch(/^(Field "api-key" of s|S)ecret prod\/openai /);
    expect(faultOf({}, value)).toContain(`Secret prod/openai ${words}`);
  });

  it.each([
    "a=b",
    "key=k1",
    "id-1:api-key",
    "abc==",
    "a..b",
    "sk-$KEY",
    "a#b",
    "export",
    "https",
    "Nonea",
    "\u00FC",
  ])("is not suspected in %j", (value) => {
    expect(dataOf({}, { "api-key": value })).toEqual({ API_KEY: value, AUTH_TYPE: "API_KEY" });
  });

  it.each([
    ["BEDROCK", { ...session, "aws-secret-key": `a ${MARKER}` }],
    ["REST", { token: `a ${MARKER}` }],
    ["REST", { ...oauth2, "token-endpoint": "https://login.example.com/\ntoken" }],
    ["MCP_SERVER", { ...apiKey, "sse-endpoint": "https://mcp.example.com/ sse" }],
  ])("is refused if white space is inside of what never contains any: %s", (type, secret) => {
    expect(faultOf({ type }, secret)).toContain("holds white space or a control character inside");
  });

  it.each(["https://client.example.com/metadata.json", "api-token-service:prod", "your-company"])(
    "may be a client id: %s",
    (id) => {
      expect(dataOf({ type: "REST" }, { ...oauth2, "client-id": id })).toMatchObject({
        OAUTH2_CLIENT_ID: id,
      });
    },
  );

  it.each(["\\n", " ", ""])("is refused if %j stands for the line breaks of a private key", (lineBreak) => {
    const lines = ["-----BEGIN PRIVATE KEY-----", MARKER, "-----END PRIVATE KEY-----", ""];
    const account = JSON.stringify({ client_email: "me@example.com", private_key: lines.join(lineBreak) });
    const words = "holds a private key without its line breaks; store the file as it was downloaded.";
    expect(faultOf({ type: "VERTEXAI" }, account)).toBe(`Secret prod/openai ${words}`);
    expect(faultOf({ type: "VERTEXAI" }, { "service-key": account })).toBe(
      `Field "service-key" of secret prod/openai ${words}`,
    );
  });
});
