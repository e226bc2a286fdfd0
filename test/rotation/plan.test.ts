import { describe, expect, it } from "vitest";
import { qualifiedName } from "../../src/rotation/connection.ts";
import { EventError } from "../../src/rotation/errors.ts";
import { plan, type Trigger } from "../../src/rotation/plan.ts";
import { connection } from "../support/builders.ts";

const ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:openai-a1B2c3";

const LISTED = [
  connection({ name: "a", secret: "openai" }),
  connection({ name: "b", secret: "mongodb" }),
  connection({ name: "c", secret: ARN }),
  connection({ name: "d", secret: "openai", environment: "test" }),
  connection({ name: "a", secret: "anthropic", environment: "test" }),
];

function planned(trigger: Trigger, listed = LISTED) {
  return plan(trigger, listed).map(({ secret, connections, complete }) => ({
    secret,
    connections: connections.map(qualifiedName),
    complete,
  }));
}

describe("a plan", () => {
  it("has every connection for the schedule, by secret; an ARN may be another account's secret of that name", () => {
    expect(planned({ kind: "schedule" })).toEqual([
      { secret: "openai", connections: ["prod/a", "test/d"], complete: true },
      { secret: "mongodb", connections: ["prod/b"], complete: true },
      { secret: ARN, connections: ["prod/c"], complete: true },
      { secret: "anthropic", connections: ["test/a"], complete: true },
    ]);
  });

  it.each(["openai", ARN])("has the connections of the secret %s that has changed", (secret) => {
    expect(planned({ kind: "secret-change", secret })).toEqual([
      { secret: "openai", complete: true, connections: ["prod/a", "test/d"] },
      { secret: ARN, complete: true, connections: ["prod/c"] },
    ]);
  });

  it("has nothing for a secret that is not listed, and for an event to ignore", () => {
    expect(planned({ kind: "secret-change", secret: "other" })).toEqual([]);
    expect(planned({ kind: "ignored", reason: "AWSPENDING" })).toEqual([]);
  });

  it("has everything for a direct call that names nothing", () => {
    expect(planned({ kind: "direct" })).toEqual(planned({ kind: "schedule" }));
  });

  it("has the named connections, in every environment unless it is named too", () => {
    expect(planned({ kind: "direct", connections: ["a"] })).toEqual([
      { secret: "openai", connections: ["prod/a"], complete: false },
      { secret: "anthropic", connections: ["test/a"], complete: true },
    ]);
    expect(planned({ kind: "direct", connections: ["test/a"] })).toEqual([
      { secret: "anthropic", connections: ["test/a"], complete: true },
    ]);
  });

  it("has the connections of the named secrets, and the named ones too, each once", () => {
    const trigger: Trigger = { kind: "direct", secrets: ["mongodb", "mongodb"], connections: ["b", "c"] };
    expect(planned(trigger)).toEqual([
      { secret: "mongodb", connections: ["prod/b"], complete: true },
      { secret: ARN, connections: ["prod/c"], complete: true },
    ]);
  });

  it("has nothing for empty lists", () => {
    expect(planned({ kind: "direct", connections: [], secrets: [] })).toEqual([]);
  });

  it("puts the chosen canaries first, and leaves the order otherwise", () => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) =>
      connection({ name, canary: name === "c" || name === "d" }),
    );
    if (!(a && b && c && d)) throw new Error("There are four.");
    expect(planned({ kind: "schedule" }, [a, b, c, d])).toMatchObject([
      { connections: ["prod/c", "prod/d", "prod/a", "prod/b"] },
    ]);
  });

  it("does not know a connection that is not listed, and says which are", () => {
    const run = () => plan({ kind: "direct", connections: ["a", "z"] }, LISTED);
    expect(run).toThrow(
      new EventError(`No connection "z" is listed in connections.json. Listed: a, b, c, d.`),
    );
  });

  it("does not know a secret that is not listed, and says which are", () => {
    const run = () => plan({ kind: "direct", secrets: ["z"] }, LISTED);
    expect(run).toThrow(
      new EventError(
        `No secret "z" is listed in connections.json. Listed: openai, mongodb, ${ARN}, anthropic.`,
      ),
    );
  });
});
