import { describe, expect, it } from "vitest";
import { likelySecret, listSecretNames } from "../../../src/cli/draft/secret-names.ts";
import { startOperator } from "../../support/operator.ts";
import { fakeTerminal } from "../../support/terminal.ts";

describe("likelySecret", () => {
  const names = ["prod/anthropic", "prod/aws-ai", "prod/openai", "staging/openai-batch"];

  it.each([
    ["support-openai", "OPENAI", "prod/openai"],
    ["openai-batch", "OPENAI", "staging/openai-batch"],
    ["chat", "ANTHROPIC", "prod/anthropic"],
    ["summary", "BEDROCK", undefined],
  ])("for %s of type %s is %s", (name, type, secret) => {
    expect(
      likelySecret(
        { name, type },
        names.filter((each) => name !== "support-openai" || each !== "staging/openai-batch"),
      ),
    ).toBe(secret);
  });

  it("is undefined if two secrets are equally likely", () => {
    expect(likelySecret({ name: "a", type: "OPENAI" }, ["one/openai", "two/openai"])).toBeUndefined();
  });
});

describe("listSecretNames", () => {
  it("reads every page", async () => {
    const { aws } = await startOperator({ connections: [] });
    for (let index = 0; index < 150; index += 1) aws.putSecret(`s${index}`, "v");
    expect(await listSecretNames({ err: fakeTerminal().terminal })).toHaveLength(151);
    expect(aws.requests.filter(({ operation }) => operation === "ListSecrets")).toHaveLength(2);
  });
});
