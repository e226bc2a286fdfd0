import { describe, expect, it } from "vitest";
import { assertMatchesConfig } from "../../src/rotation/config-match.ts";
import type { Connection } from "../../src/rotation/connection.ts";
import { GuardError } from "../../src/rotation/errors.ts";
import { connection, observation as state } from "../support/builders.ts";
import { shown, shownText, untrusted } from "../support/untrusted.ts";

/** The state of the connection `a`. */
const observation = (changes: Parameters<typeof state>[0] = {}) => state({ name: "a", ...changes });

describe("a live connection", () => {
  const check = (changes: Partial<Connection>, seen: Parameters<typeof assertMatchesConfig>[1]) => () =>
    assertMatchesConfig(connection({ name: "a", ...changes }), seen);

  it.each([
    {},
    { type: "openai" },
    { endpoint: "https://api.openai.com/v1/chat/completions" },
    { endpoint: "https://API.openai.com:443/v1/chat/completions/" },
  ])("is accepted if it is as configured: %j", (changes) => {
    const seen = observation();
    expect(check(changes, seen)()).toBe(seen);
  });

  it("is accepted without an endpoint, which a list may leave out", () => {
    const seen = observation({ endpoint: "" });
    expect(check({ endpoint: "https://api.openai.com/v1" }, seen)()).toBe(seen);
  });

  it("may have an endpoint that is no URL", () => {
    expect(check({ endpoint: "broker:9092/" }, observation({ endpoint: "broker:9092" }))).not.toThrow();
    expect(check({ endpoint: "not a url" }, observation({ endpoint: "not a url/" }))).not.toThrow();
    expect(check({ endpoint: "not a url" }, observation({ endpoint: "another" }))).toThrow(
      "a has the endpoint [withheld]",
    );
  });

  it("is reported as missing if there is none", () => {
    expect(check({}, undefined)).toThrow(
      expect.objectContaining({
        errorClass: "not-found",
        message: "There is no connection a in environment prod.",
        response: { httpStatus: 404 },
      }),
    );
  });

  it.each([
    {
      changes: { type: "BEDROCK" },
      message: "a is of type OPENAI, not BEDROCK as configured. Nothing was written.",
    },
    {
      changes: { endpoint: "https://example.com" },
      message:
        "a has the endpoint https://api.openai.com/v1/chat/completions, not https://example.com as configured. Nothing was written.",
    },
    {
      changes: { name: "b" },
      message: "Confluent's answer about b shows another connection, a. Nothing was written.",
    },
  ])("is refused if it is another one: $message", ({ changes, message }) => {
    try {
      check(changes, observation({ requestId: untrusted("request-3") }))();
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof GuardError)) throw error;
      expect(shownText(error.text)).toBe(message);
      expect(shown(error.response)).toEqual({ httpStatus: 200, requestId: "request-3" });
    }
  });
});
