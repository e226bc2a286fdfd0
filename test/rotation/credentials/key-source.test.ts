import { describe, expect, it } from "vitest";
import type { Connection } from "../../../src/rotation/connection.ts";
import { keySource } from "../../../src/rotation/credentials/key-source.ts";
import { connection } from "../../support/builders.ts";

const withFields = (fields: Record<string, string> | string, type = "OPENAI"): Partial<Connection> => ({
  type,
  credentials: { kind: "options", fields, values: {} },
});
const spelledOut = (field: string, scope: string): Partial<Connection> => ({
  credentials: {
    kind: "data",
    data: { API_KEY: { field }, USERNAME: { field: "user" }, SCOPE: { value: scope } },
  },
});
const usual = (type: string): Partial<Connection> => ({ type, credentials: { kind: "options", values: {} } });

describe("the source of a connection's key", () => {
  it.each([
    ["the same field", withFields({ "api-key": "ONE" }), withFields({ "api-key": "ONE" }, "ANTHROPIC")],
    ["the usual spellings of the same option", usual("OPENAI"), usual("ANTHROPIC")],
    [
      "the same password, whosever it is",
      withFields({ username: "a", password: "p" }, "MONGODB"),
      withFields({ username: "b", password: "p" }, "MONGODB"),
    ],
    ["the same field, spelled out", spelledOut("ONE", "read"), spelledOut("ONE", "write")],
    ["the whole secret", withFields("api-key"), withFields("api-key", "A2A")],
  ])("is the same for %s", (_what, a, b) => {
    expect(keySource(connection(a))).toBe(keySource(connection(b)));
  });

  it.each([
    ["fields", withFields({ "api-key": "ONE" }), withFields({ "api-key": "TWO" })],
    ["fields, spelled out", spelledOut("ONE", "read"), spelledOut("TWO", "read")],
    [
      "passwords of one user",
      withFields({ username: "a", password: "p" }, "MONGODB"),
      withFields({ username: "a", password: "q" }, "MONGODB"),
    ],
    ["options", usual("OPENAI"), usual("VERTEXAI")],
  ])("differs for different %s", (_what, a, b) => {
    expect(keySource(connection(a))).not.toBe(keySource(connection(b)));
  });

  it("is the type's options if only the user name is named", () => {
    expect(keySource(connection(withFields({ username: "a" }, "MONGODB")))).toBe(`["password"]`);
  });
});
