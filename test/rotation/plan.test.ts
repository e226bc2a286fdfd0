import { describe, expect, it } from "vitest";
import { qualifiedName } from "../../src/rotation/connection.ts";
import { EventError } from "../../src/rotation/errors.ts";
import { ignoreForeign, plan, type Trigger } from "../../src/rotation/plan.ts";
import { connection } from "../support/builders.ts";

const ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:openai-a1B2c3";

const OWN = { partition: "aws", region: "us-west-2", account: "123456789012" };

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
  it("has every connection for the schedule, grouped by the text that names the secret", () => {
    expect(planned({ kind: "schedule" })).toEqual([
      { secret: "openai", connections: ["prod/a", "test/d"], complete: true },
      { secret: "mongodb", connections: ["prod/b"], complete: true },
      { secret: ARN, connections: ["prod/c"], complete: true },
      { secret: "anthropic", connections: ["test/a"], complete: true },
    ]);
  });

  it.each(["openai", ARN])("has the connections of the changed secret %s", (secret) => {
    expect(planned({ kind: "secret-change", secret })).toEqual([
      { secret: "openai", complete: true, connections: ["prod/a", "test/d"] },
      { secret: ARN, complete: true, connections: ["prod/c"] },
    ]);
  });

  it("is empty for an unlisted secret and for an ignored event", () => {
    expect(planned({ kind: "secret-change", secret: "other" })).toEqual([]);
    expect(planned({ kind: "ignored", reason: "AWSPENDING" })).toEqual([]);
  });

  it("has every connection for a direct call without names", () => {
    expect(planned({ kind: "direct" })).toEqual(planned({ kind: "schedule" }));
  });

  it("has the named connections of every environment, or of the named one", () => {
    expect(planned({ kind: "direct", connections: ["a"] })).toEqual([
      { secret: "openai", connections: ["prod/a"], complete: false },
      { secret: "anthropic", connections: ["test/a"], complete: true },
    ]);
    expect(planned({ kind: "direct", connections: ["test/a"] })).toEqual([
      { secret: "anthropic", connections: ["test/a"], complete: true },
    ]);
  });

  it("has the connections of named secrets and named connections, each once", () => {
    const trigger: Trigger = { kind: "direct", secrets: ["mongodb", "mongodb"], connections: ["b", "c"] };
    expect(planned(trigger)).toEqual([
      { secret: "mongodb", connections: ["prod/b"], complete: true },
      { secret: ARN, connections: ["prod/c"], complete: false },
    ]);
  });

  it("is complete only if no other name of the secret is left out", () => {
    const trigger: Trigger = { kind: "direct", connections: ["c"] };
    expect(planned(trigger)).toMatchObject([{ secret: ARN, complete: false }]);
    expect(plan(trigger, LISTED, OWN)).toMatchObject([{ secret: ARN, complete: false }]);
    expect(plan(trigger, LISTED, { ...OWN, account: "210987654321" })).toMatchObject([
      { secret: ARN, complete: true },
    ]);
  });

  it("resolves a bare name to the secret of the function's own account", () => {
    const theirs = ARN.replace("123456789012", "210987654321");
    const secretsOf = (secret: string) =>
      plan({ kind: "secret-change", secret }, LISTED, OWN).map((group) => group.secret);
    expect(secretsOf(ARN)).toEqual(["openai", ARN]);
    expect(secretsOf("openai")).toEqual(["openai", ARN]);
    expect(secretsOf(theirs)).toEqual([]);
    expect(() => plan({ kind: "direct", secrets: [theirs] }, LISTED, OWN)).toThrow(EventError);
  });

  it("is empty for empty lists", () => {
    expect(planned({ kind: "direct", connections: [], secrets: [] })).toEqual([]);
  });

  it("puts the chosen canaries first and otherwise keeps the order", () => {
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) =>
      connection({ name, canary: name === "c" || name === "d" }),
    );
    if (!(a && b && c && d)) throw new Error("There are four.");
    expect(planned({ kind: "schedule" }, [a, b, c, d])).toMatchObject([
      { connections: ["prod/c", "prod/d", "prod/a", "prod/b"] },
    ]);
  });

  it("puts a connection that a statement verifies before the others, and after a chosen canary", () => {
    const verify = { name: "smoke", sql: "SELECT 1", timeoutMs: 1_000 };
    const [a, b] = [connection({ name: "a" }), connection({ name: "b", verify })];
    expect(planned({ kind: "schedule" }, [a, b])).toMatchObject([{ connections: ["prod/b", "prod/a"] }]);
    const c = connection({ name: "c", canary: true });
    expect(planned({ kind: "schedule" }, [a, b, c])).toMatchObject([
      { connections: ["prod/c", "prod/b", "prod/a"] },
    ]);
  });

  it("rejects an unlisted connection and lists the known ones", () => {
    const run = () => plan({ kind: "direct", connections: ["a", "z"] }, LISTED);
    expect(run).toThrow(
      new EventError(`No connection "z" is listed in connections.json. Listed: a, b, c, d.`),
    );
  });

  it("lists at most a hundred names if one is not listed", () => {
    const listed = Array.from({ length: 150 }, (_, index) => connection({ name: `c${index}` }));
    const run = () => plan({ kind: "direct", connections: ["z"] }, listed);
    expect(run).toThrow(/Listed: c0, c1, .*, c99, and 50 more\.$/);
  });

  it("rejects an unlisted secret and lists the known ones", () => {
    const run = () => plan({ kind: "direct", secrets: ["z"] }, LISTED);
    expect(run).toThrow(
      new EventError(
        `No secret "z" is listed in connections.json. Listed: openai, mongodb, ${ARN}, anthropic.`,
      ),
    );
  });
});

describe("an event about another account's secret", () => {
  const change = (secret: string): Trigger => ({ kind: "secret-change", secret });
  const THEIRS = "arn:aws:secretsmanager:us-west-2:210987654321:secret:mongodb-x1Y2z3";

  it("is ignored if only the name is listed, and the reason names both places", () => {
    expect(ignoreForeign(change(THEIRS), LISTED, OWN)).toEqual({
      kind: "ignored",
      secret: THEIRS,
      reason:
        "the secret belongs to account 210987654321 in us-west-2, and mongodb in connections.json means the secret of account 123456789012 in us-west-2",
    });
  });

  it.each([
    ["its ARN is listed", [...LISTED, connection({ secret: THEIRS })], OWN],
    ["no secret of that name is listed", [connection({ secret: "other" })], OWN],
    ["the function's own account is unknown", LISTED, undefined],
  ])("is not ignored if %s", (_, listed, own) => {
    expect(ignoreForeign(change(THEIRS), listed, own)).toEqual(change(THEIRS));
  });

  it("is not assumed if the event has a bare name and another account's secret is listed", () => {
    const listed = [connection({ secret: THEIRS })];
    expect(ignoreForeign(change("mongodb"), listed, OWN)).toEqual(change("mongodb"));
  });

  it.each<[string, Trigger]>([
    ["a change of a bare name", change("mongodb")],
    ["a change of a listed ARN", change(ARN)],
    ["the schedule", { kind: "schedule" }],
    ["a direct call that names another account's secret", { kind: "direct", secrets: [THEIRS] }],
  ])("is not assumed for %s", (_, trigger) => {
    expect(ignoreForeign(trigger, LISTED, OWN)).toEqual(trigger);
  });
});
