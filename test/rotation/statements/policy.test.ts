import { describe, expect, it } from "vitest";
import { parseStatementName, StatementNames } from "../../../src/rotation/statements/names.ts";
import { resumeCommandFor } from "../../../src/rotation/statements/policy.ts";

describe("the command that resumes a statement", () => {
  it.each([
    ["https://flink.us-west-2.aws.confluent.cloud", " --cloud aws --region us-west-2"],
    ["https://flink.eastus.azure.private.confluent.cloud", " --cloud azure --region eastus"],
    ["https://flink-n1.us-east1.gcp.glb.confluent.cloud", " --cloud gcp --region us-east1"],
    ["http://127.0.0.1:1234", ""],
    ["not a URL", ""],
  ])("names cloud and region if %s shows them", (restEndpoint, place) => {
    expect(resumeCommandFor("env-1", restEndpoint)).toBe(
      `confluent flink statement resume --environment env-1${place}`,
    );
  });
});

describe("the name of a statement that the rotator creates", () => {
  const names = new StatementNames({
    clock: { now: () => 1_700_000_000_000, sleep: async () => {} },
    random: () => 0.5,
  });

  it("is new each time, fits Confluent's rules, and tells its run", () => {
    const [first, second] = [names.next("verify"), names.next("stopped", "orders-1.a")];
    expect(first).not.toBe(second);
    for (const name of [first, second]) expect(name).toMatch(/^[a-z0-9.-]{1,100}$/);
    expect(parseStatementName(first)).toStrictEqual({ runAt: 1_700_000_000_000 });
    expect(parseStatementName(second)).toStrictEqual({
      runAt: 1_700_000_000_000,
      suffix: "orders-1.a",
    });
  });

  it("has room for the longest name that is marked", () => {
    expect(names.next("stopped", "a".repeat(60)).length).toBeLessThanOrEqual(100);
  });

  it.each(["orders", "rotator-verify", "rotator-verify-me", "rotator-stopped-orders-x"])(
    "is not %s",
    (name) => {
      expect(parseStatementName(name)).toBeUndefined();
    },
  );
});
