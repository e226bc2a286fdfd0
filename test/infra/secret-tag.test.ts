import { describe, expect, it } from "vitest";
import { apiCall, labelUpdated, serviceEvent } from "./events.ts";
import { ENVIRONMENT, nameOf, policies, sizeOf, stackOf } from "./many-secrets.ts";
import { simulate } from "./role.ts";
import { routes, rulesOf } from "./routes.ts";
import { CONNECTIONS, OTHER_ACCOUNT, ofType, secretArn, synthesize, warningsOf } from "./synthesis.ts";

describe("secrets by tag (secretTag)", () => {
  const TAG = { secretTag: "used-by=flink-connection-rotator" };
  const many = stackOf(1_000, TAG);
  const read = (resource: string, value?: string) =>
    simulate(policies(many), {
      action: "secretsmanager:GetSecretValue",
      resource,
      ...(value !== undefined && { context: { "aws:ResourceTag/used-by": value } }),
    });

  it("have no limit: a thousand need one statement and one rule for each kind of change", () => {
    expect(ofType(many.resources, "AWS::IAM::ManagedPolicy")).toEqual([]);
    const starting = rulesOf(many).filter(({ Targets }) => Targets.some(({ Id }) => Id === "Rotator"));
    expect(starting).toHaveLength(4);
    expect(Object.keys(many.resources).length).toBeLessThanOrEqual(500);
    expect(sizeOf(many.template.toJSON())).toBeLessThan(1_000_000);
    expect(ofType(many.resources, "AWS::Events::Rule").length).toBeLessThanOrEqual(300);
  });

  it("may be read only if they have the tag", async () => {
    const arn = secretArn(`${nameOf(999)}-AbCdEf`);
    expect(await read(arn, "flink-connection-rotator")).toBe("Allowed");
    expect(await read(arn, "something-else")).toBe("ImplicitlyDenied");
    expect(await read(arn)).toBe("ImplicitlyDenied");
    expect(await read(secretArn("a-AbCdEf", OTHER_ACCOUNT), "flink-connection-rotator")).toBe(
      "ImplicitlyDenied",
    );
  });

  it("start a run for every secret of the account but for none of another account", () => {
    expect(routes(many, labelUpdated(secretArn("prod/unlisted-AbCdEf")))).toEqual(["Rotator"]);
    expect(routes(many, labelUpdated(secretArn("prod/unlisted-AbCdEf"), "AWSPENDING"))).toEqual([]);
    expect(routes(many, labelUpdated(secretArn("prod/unlisted-AbCdEf", OTHER_ACCOUNT)))).toEqual([]);
    expect(routes(many, apiCall("RotateSecret", { secretId: nameOf(1) }))).toEqual([]);
  });

  it("of another account are still permitted and matched by name", async () => {
    const mixed = synthesize(CONNECTIONS, TAG, ENVIRONMENT);
    const shared = secretArn("shared/openai-GhIjKl", OTHER_ACCOUNT);
    expect(JSON.stringify(policies(mixed))).toContain(shared);
    expect(routes(mixed, labelUpdated(shared))).toEqual(["Rotator"]);
    expect(routes(mixed, labelUpdated(secretArn("other-GhIjKl", OTHER_ACCOUNT)))).toEqual([]);
  });

  it("have no rule for failed rotations beyond the rule limit, which a warning says", () => {
    const vast = stackOf(4_000, TAG);
    expect(warningsOf(vast)).toContainEqual(expect.stringContaining("matching 4001 secrets takes"));
    expect(routes(vast, serviceEvent("RotationFailed", secretArn(`${nameOf(1)}-AbCdEf`)))).toEqual([]);
    expect(ofType(vast.resources, "AWS::Events::Rule").length).toBeLessThan(10);
  });

  it("are rejected without a key and a value", () => {
    expect(() => synthesize(CONNECTIONS, { secretTag: "rotator" })).toThrow(
      /must be a tag.*\s+→ at secretTag/,
    );
  });
});
