import { describe, expect, it } from "vitest";
import { parseStatementName, StatementNames } from "../../../src/rotation/statements/names.ts";
import { resumeCommandFor } from "../../../src/rotation/statements/policy.ts";
import { NOW } from "../../support/builders.ts";

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

/** The names that a run gives to its statements. */
const namesOf = (startedAt: number, random: number) =>
  new StatementNames({ clock: { now: () => startedAt, sleep: async () => {} }, random: () => random });

describe("the name of a statement that the rotator creates", () => {
  const names = namesOf(NOW, 0.5);

  it("is unique, fits Confluent's rules and contains the time at which the run began", () => {
    const [first, second] = [names.next("verify"), names.next("stopped", "orders-1.a")];
    expect(first).not.toBe(second);
    for (const name of [first, second]) expect(name).toMatch(/^[a-z0-9.-]{1,100}$/);
    expect(parseStatementName(first)).toStrictEqual({ runAt: NOW });
    expect(parseStatementName(second)).toStrictEqual({ runAt: NOW, suffix: "orders-1.a" });
  });

  it.each([
    ["began at another time", namesOf(NOW + 1, 0.5)],
    ["began at the same time", namesOf(NOW, 0.500_001)],
  ])("differs from those of a run that %s", (_, others) => {
    expect(namesOf(NOW, 0.5).next("verify")).not.toBe(others.next("verify"));
  });

  it("has room for the longest name that is marked", () => {
    expect(names.next("stopped", "a".repeat(60)).length).toBeLessThanOrEqual(100);
  });

  it.each(["orders", "rotator-verify", "rotator-verify-me", "rotator-stopped-orders-x"])(
    "is not recognised in %s",
    (name) => {
      expect(parseStatementName(name)).toBeUndefined();
    },
  );
});
