import { describe, expect, it } from "vitest";
import { Redactor } from "../../../src/rotation/redact.ts";
import { Secret } from "../../../src/rotation/secret.ts";
import { describeStatement } from "../../../src/rotation/statements/entry.ts";

const redactor = new Redactor();
redactor.add(new Secret("sk-secret-0123456789"));

/** The entry for a statement with these names. */
const entryFor = (name: string, connections?: readonly string[]) =>
  describeStatement({ redactor }, "prod", {
    name,
    phase: "RUNNING",
    isKeyRefused: false,
    isResumable: true,
    ...(connections && { connections }),
  });

describe("the report's entry for a statement", () => {
  it("has its names and its phase", () => {
    expect(entryFor("orders", ["openai", "search"])).toEqual({
      environment: "prod",
      name: "orders",
      phase: "RUNNING",
      connections: ["openai", "search"],
    });
  });

  it("has no connections if Confluent shows none", () => {
    expect(entryFor("orders")).toMatchObject({ connections: [] });
  });

  it.each([
    ["line breaks", "orders\nFAILED: all", "orders FAILED: all"],
    ["credentials", "orders-sk-secret-0123456789", "orders-[redacted]"],
    ["what exceeds a hundred characters", "a".repeat(101), `${"a".repeat(99)}…`],
  ])("shows names without %s", (_, name, shown) => {
    expect(entryFor(name, [name])).toMatchObject({ name: shown, connections: [shown] });
  });
});
