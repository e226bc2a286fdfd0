import { describe, expect, it } from "vitest";
import type { Connection } from "../../../src/rotation/connection.ts";
import { buildCredentials } from "../../../src/rotation/credentials/auth-data.ts";
import { Secret } from "../../../src/rotation/secret.ts";
import { connection, options } from "../../support/builders.ts";
import {
  API_KEY,
  apiKey,
  dataOf,
  faultOf,
  MARKER,
  oauth2,
  SERVICE_ACCOUNT,
  session,
} from "../../support/credentials.ts";

describe("characters around a key", () => {
  const fields = (option: string) => ({ credentials: options({ fields: { [option]: "K" } }) });

  it.each(["k1\n", "k1\r\n", " k1", "\tk1 ", "\uFEFFk1", "k1\u200B", "\u00A0k1\u2028"])(
    "are removed from a field and a plain secret if they are white space: %j",
    (text) => {
      expect(dataOf({}, { "api-key": text })).toEqual(API_KEY);
      expect(dataOf(fields("api-key"), { K: text })).toEqual(API_KEY);
      expect(dataOf({}, text)).toEqual(API_KEY);
      expect(
        dataOf({ credentials: { kind: "data", data: { API_KEY: { field: "K" } } } }, { K: text }),
      ).toEqual({ API_KEY: "k1" });
    },
  );

  it.each([
    ...["api-key", "aws-access-key", "aws-secret-key", "aws-session-token"],
    ...["token", "client-id", "client-secret", "service-key", "token-endpoint", "scope"],
    ...["sse-endpoint"],
  ])("are removed from the option %s", (option) => {
    const [type, rest] =
      {
        "api-key": ["OPENAI", {}] as const,
        token: ["REST", {}] as const,
        "service-key": ["VERTEXAI", {}] as const,
        "sse-endpoint": ["MCP_SERVER", apiKey] as const,
      }[option] ?? (option.startsWith("aws") ? (["BEDROCK", session] as const) : (["REST", oauth2] as const));
    expect(dataOf({ type }, { ...rest, [option]: " a1\n" })).toEqual(
      dataOf({ type }, { ...rest, [option]: "a1" }),
    );
  });

  it("do not make two spellings of one value disagree", () => {
    expect(dataOf({}, { "api-key": "k1", apiKey: "k1\n" })).toEqual(API_KEY);
  });

  it.each([
    [`"${MARKER}"`, "is in quotes; store it without them."],
    [` "${MARKER}"\n`, "is in quotes; store it without them."],
    [`\\"${MARKER}\\"`, "is in quotes; store it without them."],
    [`["${MARKER}"]`, "holds a JSON list where a key is expected; store the key alone."],
    [`{"key": "${MARKER}"}`, "holds a JSON document where a key is expected; store the key alone."],
    [`"${MARKER}`, "holds a key with a quotation mark at its beginning or end; store it without."],
    [`${MARKER}"`, "holds a key with a quotation mark at its beginning or end; store it without."],
    [`'${MARKER}'`, "holds a key with a quotation mark at its beginning or end; store it without."],
    [`\u201C${MARKER}\u201D`, "holds a key with a quotation mark at its beginning or end; store it without."],
    [`Bearer ${MARKER}`, "begins with the name of an authorization scheme; store the key alone."],
    [
      `${MARKER}\n${MARKER}`,
      "holds a line break or another control character inside a key; store the key alone.",
    ],
    [`${MARKER}\u0000`, "holds a line break or another control character inside a key; store the key alone."],
    [
      `sk-\u200B${MARKER}`,
      "holds a line break or another control character inside a key; store the key alone.",
    ],
    [`${MARKER}\\n`, "holds a key that ends in an escape sequence such as \\n; store it without."],
    ["\u200B", "is empty."],
  ])("are refused in a field: %j", (value, words) => {
    expect(faultOf({}, { "api-key": value })).toBe(`Field "api-key" of secret prod/openai ${words}`);
    expect(faultOf(fields("api-key"), { K: value })).toBe(`Field "K" of secret prod/openai ${words}`);
    const credentials = { kind: "data", data: { BEARER_TOKEN: { field: "K" } } } as const;
    expect(faultOf({ credentials }, { K: value })).toBe(`Field "K" of secret prod/openai ${words}`);
  });

  it.each([
    [`"${MARKER}"`, "Secret prod/openai is in quotes; store it without them."],
    [JSON.stringify(`{"api-key": "${MARKER}"}`), "Secret prod/openai is in quotes; store it without them."],
    [`["${MARKER}"]`, "Secret prod/openai holds a JSON list where a key is expected; store the key alone."],
    [
      `${MARKER}\n${MARKER}`,
      "Secret prod/openai holds a line break or another control character inside a key; store the key alone.",
    ],
  ])("are refused in a plain secret: %j", (text, message) => {
    expect(faultOf({}, text)).toBe(message);
    expect(faultOf({ type: "ELASTIC", credentials: options({ fields: "api-key" }) }, text)).toBe(message);
  });

  it("are refused around a service account", () => {
    const type = "VERTEXAI";
    expect(faultOf({ type }, { "service-key": `"{\\"a\\":\\"${MARKER}\\"}"` })).toContain("is in quotes");
    expect(faultOf({ type }, { "service-key": `{"a":"${MARKER}"` })).toBe(
      'Field "service-key" of secret prod/openai begins like JSON but cannot be parsed.',
    );
  });

  it("may be anything but quotes if the form of a value is unknown", () => {
    const credentials = { kind: "data", data: { PEM: { field: "K" } } } as const;
    const pem = "-----BEGIN\nabc\n-----END";
    expect(dataOf({ credentials }, { K: `${pem}\n` })).toEqual({ PEM: pem });
    expect(dataOf({ credentials }, { K: '{"a": ["b"]}' })).toEqual({ PEM: '{"a": ["b"]}' });
    expect(faultOf({ credentials }, { K: `"${MARKER}"` })).toContain("is in quotes");
    expect(faultOf({ credentials }, { K: "\u200B" })).toBe('Field "K" of secret prod/openai is empty.');
  });
});

describe("a user name and a password", () => {
  const remark = (name: string) =>
    `The ${name} from secret prod/openai begins or ends with white space; it is sent unchanged.`;
  const remarksOf = (overrides: Partial<Connection>, secret: object) =>
    buildCredentials(connection(overrides), new Secret(JSON.stringify(secret))).remarks;

  it.each([" p", "p\n", '"p"', "[p]", "a b", "a\tb", "{}"])("are sent as they are: %j", (text) => {
    expect(dataOf({ type: "MONGODB" }, { username: text, password: text })).toEqual({
      USERNAME: text,
      PASSWORD: text,
      AUTH_TYPE: "BASIC",
    });
  });

  it("may be a whole secret with quotation marks that are not around it", () => {
    const credentials = options({ fields: "password", values: { username: "u1" } });
    for (const text of ['"a" and more', 'more and "a"'])
      expect(dataOf({ type: "MONGODB", credentials }, text)).toMatchObject({ PASSWORD: text });
    expect(faultOf({ type: "MONGODB", credentials }, `"${MARKER}"\n`)).toContain("is in quotes");
  });

  it("cause a remark if they begin or end with white space", () => {
    const type = "MONGODB";
    expect(remarksOf({ type }, { username: " u", password: "p\n" })).toEqual([
      remark("username"),
      remark("password"),
    ]);
    expect(remarksOf({ type }, { username: "u", password: "a b" })).toEqual([]);
    const data = { USER: { field: "u" }, DB_PASS: { field: "p" }, X: { value: " " } };
    expect(remarksOf({ credentials: { kind: "data", data } }, { u: "u", p: "p " })).toEqual([
      remark("DB_PASS"),
    ]);
  });

  it("cause no remark if they are not sent", () => {
    expect(remarksOf({ type: "REST" }, { token: " t1", username: " u" })).toEqual([]);
  });

  it("are the only values that cause one: a service account may end in a line break", () => {
    expect(remarksOf({ type: "VERTEXAI" }, { "service-key": SERVICE_ACCOUNT })).toEqual([]);
  });
});
