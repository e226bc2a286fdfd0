import { describe, expect, it } from "vitest";
import { options } from "../../support/builders.ts";
import { API_KEY, dataOf, faultOf, MARKER } from "../../support/credentials.ts";

describe("secrets that cannot be used", () => {
  it.each(["", " ", "\n\t "])("%j is empty", (text) => {
    expect(faultOf({}, text)).toBe("Secret prod/openai is empty.");
    const credentials = { kind: "data", data: { PRIVATE: { field: "key" } } } as const;
    expect(faultOf({ credentials }, text)).toBe("Secret prod/openai is empty.");
  });

  it.each([`{"api-key": "${MARKER}"`, `{'api-key': '${MARKER}'}`, `{${MARKER}}`, `  {"a": ${MARKER}}`, "{"])(
    "%s is malformed",
    (text) => expect(faultOf({}, text)).toBe("Secret prod/openai begins like JSON but cannot be parsed."),
  );

  it.each([
    [1234567890123, "number"],
    [true, "boolean"],
    [[MARKER], "array"],
    [{ value: MARKER }, "object"],
  ])("a field with %j has the wrong type", (value, type) => {
    const message = (key: string) =>
      `Field "${key}" of secret prod/openai is of type ${type}; it must be a string.`;
    expect(faultOf({}, { "api-key": value })).toBe(message("api-key"));
    expect(faultOf({ credentials: options({ fields: { "api-key": "K" } }) }, { K: value })).toBe(
      message("K"),
    );
  });

  it("a named field with null has the wrong type", () => {
    expect(faultOf({ credentials: options({ fields: { "api-key": "K" } }) }, { K: null })).toBe(
      'Field "K" of secret prod/openai is of type null; it must be a string.',
    );
  });

  it("a usual field with null is missing", () => {
    expect(faultOf({}, { "api-key": null, note: MARKER })).toContain("lacks the field for api-key");
  });

  it.each(["", "  "])("a field with %j is empty", (value) => {
    expect(faultOf({}, { "api-key": value })).toBe('Field "api-key" of secret prod/openai is empty.');
    expect(faultOf({ type: "MONGODB" }, { username: "u1", password: value })).toBe(
      'Field "password" of secret prod/openai is empty.',
    );
  });

  it.each(["constructor", "__proto__"])("%s is not a field unless the secret has it", (key) => {
    const credentials = options({ fields: { "api-key": key } });
    expect(faultOf({ credentials }, { note: MARKER })).toBe(`Secret prod/openai lacks the field "${key}".`);
    expect(dataOf({ credentials }, `{"${key}": "k1"}`)).toEqual(API_KEY);
  });
});

describe("the limit of 4,000 bytes", () => {
  const overhead = JSON.stringify({ API_KEY: "", AUTH_TYPE: "API_KEY" }).length;

  it("accepts data of exactly that size", () => {
    const key = "k".repeat(4_000 - overhead);
    expect(dataOf({}, key)).toEqual({ API_KEY: key, AUTH_TYPE: "API_KEY" });
  });

  it("refuses one byte more and names the options", () => {
    expect(faultOf({}, MARKER.padEnd(4_001 - overhead, "k"))).toBe(
      "Secret prod/openai is too long: api-key come to 4001 bytes; Confluent takes 4000 at most.",
    );
  });

  it("counts bytes, not characters", () => {
    expect(faultOf({}, MARKER + "é".repeat(1_990))).toContain("4029 bytes");
  });

  it("names every option that adds to it", () => {
    expect(faultOf({ type: "MONGODB" }, { username: "u1", password: MARKER.repeat(400) })).toContain(
      "username, password come to",
    );
  });
});
