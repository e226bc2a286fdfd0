import { describe, expect, it } from "vitest";
import { type ConnectionState, hasChanged, phaseKind, qualifiedName } from "../../src/rotation/connection.ts";
import { observation } from "../support/builders.ts";

type Served = Partial<Pick<ConnectionState, "resourceVersion" | "updatedAt">>;

function seen(served: Served): ConnectionState {
  const { resourceVersion: _, updatedAt: __, ...rest } = observation();
  return { ...rest, ...served };
}

describe("the qualified name of a connection", () => {
  it("has its environment before it", () => {
    expect(qualifiedName({ environment: "prod", name: "orders-openai" })).toBe("prod/orders-openai");
  });
});

describe("a connection", () => {
  it.each<[string, Served, Served]>([
    ["another resource version", { resourceVersion: "a" }, { resourceVersion: "b" }],
    ["a resource version that sorts before", { resourceVersion: "10" }, { resourceVersion: "9" }],
    ["a later update", { updatedAt: 1 }, { updatedAt: 2 }],
    [
      "a later update of the same version",
      { resourceVersion: "a", updatedAt: 1 },
      { resourceVersion: "a", updatedAt: 2 },
    ],
    [
      "another version at the same time",
      { resourceVersion: "a", updatedAt: 1 },
      { resourceVersion: "b", updatedAt: 1 },
    ],
    [
      "another version at an earlier time",
      { resourceVersion: "a", updatedAt: 2 },
      { resourceVersion: "b", updatedAt: 1 },
    ],
  ])("has changed if the service shows %s", (_, before, after) => {
    expect(hasChanged(seen(before), seen(after))).toBe(true);
  });

  it.each<[string, Served, Served]>([
    ["neither version nor time", {}, {}],
    [
      "the same version and time",
      { resourceVersion: "a", updatedAt: 1 },
      { resourceVersion: "a", updatedAt: 1 },
    ],
    ["an earlier update", { updatedAt: 2 }, { updatedAt: 1 }],
    ["a version only before", { resourceVersion: "a" }, {}],
    ["a version only after", {}, { resourceVersion: "a" }],
    ["a time only before", { updatedAt: 1 }, {}],
    ["a time only after", {}, { updatedAt: 1 }],
    ["a time that cannot be read", { updatedAt: 1 }, { updatedAt: Number.NaN }],
  ])("has not provably changed if the service shows %s", (_, before, after) => {
    expect(hasChanged(seen(before), seen(after))).toBe(false);
  });
});

describe("the meaning of a phase", () => {
  it.each([
    ["READY", "usable"],
    ["ready", "usable"],
    ["ACTIVE", "usable"],
    ["Active", "usable"],
    ["INVALID_AUTH", "refused"],
    ["invalid_auth", "refused"],
    ["UNREACHABLE", "unreachable"],
    ["Unreachable", "unreachable"],
    ["", "silent"],
    ["PROVISIONING", "pending"],
    ["READY_SOON", "pending"],
    ["constructor", "pending"],
    ["__proto__", "pending"],
  ])("of %j is %s", (phase, kind) => expect(phaseKind(phase)).toBe(kind));
});
