import { describe, expect, it } from "vitest";
import { mergeByArn, relatedGroups, type SecretGroup } from "../../src/rotation/plan.ts";
import { connection } from "../support/builders.ts";

const ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:openai-a1B2c3";

describe("groups that may have the same secret", () => {
  const PARTIAL = ARN.slice(0, -"-a1B2c3".length);

  it("are related, in any order", () => {
    const groups = [ARN, "mongodb", "openai", PARTIAL, "openai-2"].map((secret) => groupOf(secret));
    for (const each of [groups, groups.toReversed()]) {
      const related = relatedGroups(each).map((some) => secretsOf(some).toSorted());
      expect(related).toHaveLength(3);
      expect(related).toEqual(
        expect.arrayContaining([[ARN, PARTIAL, "openai"].toSorted(), ["mongodb"], ["openai-2"]]),
      );
    }
  });

  it("are listed once each", () => {
    const groups = ["a", "b", ARN, PARTIAL].map((secret) => groupOf(secret));
    expect(relatedGroups(groups).flat().toSorted()).toEqual(groups.toSorted());
    expect(relatedGroups([])).toEqual([]);
  });
});

describe("groups by the ARN of their secret", () => {
  const arns = new Map([
    ["openai", ARN],
    [ARN, ARN],
    ["mongodb", "arn-of-mongodb"],
  ]);
  const merged = (groups: readonly SecretGroup[]) => mergeByArn(groups, ({ secret }) => arns.get(secret));

  it("are merged per secret, with the chosen canary first", () => {
    const canary = connection({ name: "c", secret: ARN, canary: true });
    const groups = [groupOf("openai"), groupOf("mongodb"), groupOf(ARN, { connections: [canary] })];
    expect(merged(groups)).toEqual([
      {
        secret: "openai",
        connections: [canary, connection({ name: "openai", secret: "openai" })],
        complete: true,
      },
      groupOf("mongodb"),
    ]);
  });

  it("are complete only if each of them is", () => {
    expect(merged([groupOf("openai"), groupOf(ARN, { complete: false })])).toMatchObject([
      { complete: false },
    ]);
    expect(merged([groupOf("openai", { complete: false }), groupOf(ARN)])).toMatchObject([
      { complete: false },
    ]);
  });

  it("stay apart if their ARN is unknown", () => {
    const groups = [groupOf("openai"), groupOf("unread"), groupOf("unread-too")];
    expect(merged(groups)).toEqual(groups);
  });
});

function groupOf(secret: string, overrides: Partial<SecretGroup> = {}): SecretGroup {
  return { secret, connections: [connection({ name: secret, secret })], complete: true, ...overrides };
}

const secretsOf = (groups: readonly SecretGroup[]) => groups.map(({ secret }) => secret);
