import { describe, expect, it } from "vitest";
import { possibleNames, sameSecret, scopeOf, toArn } from "../../src/rotation/secret-id.ts";

const PARTIAL = "arn:aws:secretsmanager:us-west-2:123456789012:secret:prod/openai";
const FULL = `${PARTIAL}-a1B2c3`;

describe("two identifiers of a secret", () => {
  it.each([
    ["prod/openai", "prod/openai"],
    ["prod/openai", PARTIAL],
    ["prod/openai", FULL],
    [PARTIAL, FULL],
    [FULL, FULL],
    ["prod/openai-a1B2c3", FULL],
    ["prod/openai-a1B2c3", `${FULL}-x9Y8z7`],
  ])("mean the same: %s and %s", (a, b) => {
    expect([sameSecret(a, b), sameSecret(b, a)]).toEqual([true, true]);
  });

  it.each([
    ["prod/openai", "prod/anthropic"],
    ["prod/openai", "prod/openai-a1B2c3"],
    ["prod/open", FULL],
    ["openai", FULL],
    ["prod/openai", `${PARTIAL}-a1B2c`],
    ["prod/openai", `${PARTIAL}-a1B2c34`],
    ["prod/openai", `${PARTIAL}-a1B2c!`],
    ["prod/openai", `${PARTIAL}_a1B2c3`],
    [FULL, `${PARTIAL}-z9Z9z9`],
    [FULL, FULL.replace("us-west-2", "us-east-1")],
    [PARTIAL, FULL.replace("123456789012", "210987654321")],
    ["prod/openai", "arn:aws:sns:us-west-2:123456789012:prod/openai"],
    ["prod/openai", `x${FULL}`],
  ])("mean two secrets: %s and %s", (a, b) => {
    expect([sameSecret(a, b), sameSecret(b, a)]).toEqual([false, false]);
  });
});

describe("two identifiers of a secret, seen from an account and region", () => {
  const OWN = { partition: "aws", region: "us-west-2", account: "123456789012" };
  const elsewhere = (id: string) => [
    id.replace("us-west-2", "us-east-1"),
    id.replace("123456789012", "210987654321"),
    id.replace("arn:aws:", "arn:aws-cn:"),
  ];

  it.each([
    ["prod/openai", "prod/openai"],
    ["prod/openai", PARTIAL],
    ["prod/openai", FULL],
  ])("mean the same: %s and %s", (a, b) => {
    expect([sameSecret(a, b, OWN), sameSecret(b, a, OWN)]).toEqual([true, true]);
  });

  it.each([...elsewhere(PARTIAL), ...elsewhere(FULL)])("mean two secrets: prod/openai and %s", (arn) => {
    expect([sameSecret("prod/openai", arn, OWN), sameSecret(arn, "prod/openai", OWN)]).toEqual([
      false,
      false,
    ]);
    expect(sameSecret(arn, arn, OWN)).toBe(true);
  });
});

describe("an identifier of a secret", () => {
  it.each([
    ["prod/openai", ["prod/openai"]],
    ["prod/openai-a1B2c3", ["prod/openai-a1B2c3"]],
    [PARTIAL, ["prod/openai"]],
    [FULL, ["prod/openai-a1B2c3", "prod/openai"]],
  ])("%s may stand for %j", (id, names) => {
    expect(possibleNames(id)).toEqual(names);
  });

  it("has the account and region of its ARN; a name has none", () => {
    const scope = { partition: "aws", region: "us-west-2", account: "123456789012" };
    expect(scopeOf(FULL)).toEqual(scope);
    expect(scopeOf("prod/openai")).toBeUndefined();
    expect(toArn("prod/openai", scope)).toBe(PARTIAL);
  });
});
