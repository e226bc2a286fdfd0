import { describe, expect, it } from "vitest";
import { labelUpdated, serviceEvent } from "./events.ts";
import { functionRole, policiesOf, simulate } from "./role.ts";
import { routes } from "./routes.ts";
import { CONNECTIONS, type Synthesis, secretArn, synthesize } from "./synthesis.ts";

const BEFORE = secretArn("prod/openai-Zz09Aa");
const AFTER = secretArn("prod/anthropic-AbCdEf");

const policies = (synthesis: Synthesis) => policiesOf(synthesis, functionRole(synthesis));
const read = (resource: string) => ({ action: "secretsmanager:GetSecretValue", resource });

describe("another connections.json", () => {
  const [first, ...rest] = CONNECTIONS.connections;
  const changed = synthesize({
    ...CONNECTIONS,
    connections: [{ ...first, secret: "prod/anthropic" }, ...rest],
  });

  it("changes which secrets the function may read", async () => {
    expect(await simulate(policies(changed), read(BEFORE))).toBe("ImplicitlyDenied");
    expect(await simulate(policies(changed), read(AFTER))).toBe("Allowed");
  });

  it("changes which events start it", () => {
    expect(routes(changed, labelUpdated(BEFORE))).toEqual([]);
    expect(routes(changed, labelUpdated(AFTER))).toEqual(["Rotator"]);
  });

  it("grants secretsmanager:DescribeSecret only if scheduled runs skip unchanged secrets", async () => {
    const stale = policies(synthesize({ ...CONNECTIONS, refresh: "when-stale" }));
    const describeSecret = (resource: string) => ({ action: "secretsmanager:DescribeSecret", resource });
    expect(await simulate(stale, describeSecret(BEFORE))).toBe("Allowed");
    expect(await simulate(stale, describeSecret(AFTER))).toBe("ImplicitlyDenied");
    expect(await simulate(policies(changed), describeSecret(AFTER))).toBe("ImplicitlyDenied");
  });

  it("grants no label move and no decryption if neither is configured", () => {
    const { propagationLabel: _, ...plain } = CONNECTIONS;
    const actions = policies(synthesize(plain)).flatMap(({ Statement }) =>
      Statement.flatMap(({ Action }) => Action),
    );
    expect([...new Set(actions)].sort()).toEqual([
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "secretsmanager:GetSecretValue",
      "sns:Publish",
      "sqs:SendMessage",
    ]);
  });
});

describe("a secret managed by an AWS service, with ! in its name", () => {
  const managed = synthesize(
    {
      ...CONNECTIONS,
      connections: [{ name: "a", type: "MONGODB", secret: "rds!cluster-1a2b3c" }],
      environments: {
        prod: { ...CONNECTIONS.environments.prod, apiKeySecret: "events!connection/flink/1a2b3c" },
      },
    },
    { cloudTrailEvents: "true" },
  );

  it("can be read and starts a run if it changes", async () => {
    const arn = secretArn("rds!cluster-1a2b3c-AbCdEf");
    expect(await simulate(policies(managed), read(arn))).toBe("Allowed");
    expect(await simulate(policies(managed), read(secretArn("events!connection/flink/1a2b3c-AbCdEf")))).toBe(
      "Allowed",
    );
    expect(routes(managed, labelUpdated(arn))).toEqual(["Rotator"]);
    expect(routes(managed, serviceEvent("RotationSucceeded", arn))).toEqual(["Rotator"]);
  });
});
