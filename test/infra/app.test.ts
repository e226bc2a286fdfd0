import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rotatorCode } from "../../infra/bundle.ts";
import { parseConfig } from "../../src/config/load.ts";
import { ACCOUNT, CONNECTIONS, REGION, synthesize } from "./synthesis.ts";

const BROKEN = {
  ...CONNECTIONS,
  connections: [{ name: "typo", type: "OPENAPI", sekret: "prod/openai" }],
};

/** The cdk command sets these if it finds credentials. */
const CREDENTIALS = { CDK_DEFAULT_ACCOUNT: ACCOUNT, CDK_DEFAULT_REGION: REGION };

/** Runs the app as the cdk command does, without AWS variables by default. */
function runApp(connections: object, settings: object = {}, env: NodeJS.ProcessEnv = {}) {
  const folder = mkdtempSync(join(tmpdir(), "rotator-app-"));
  const config = join(folder, "connections.json");
  const outdir = join(folder, "cdk.out");
  writeFileSync(config, JSON.stringify(connections));
  const { context } = JSON.parse(readFileSync("cdk.json", "utf8"));
  const { status, stderr } = spawnSync(process.execPath, ["infra/app.ts"], {
    encoding: "utf8",
    env: {
      ...env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, config, ...settings }),
    },
  });
  return { config, outdir, status, stderr };
}

describe("the app", () => {
  it.each([
    ["one function without credentials", {}, {}],
    ["a fleet with credentials", { fleetConcurrency: 2 }, CREDENTIALS],
  ])("synthesizes %s and passes CloudFormation's validation and cdk-nag", (_, settings, env) => {
    const { outdir, status, stderr } = runApp(CONNECTIONS, settings, env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.not.stringContaining("ERROR") });
    expect(existsSync(join(outdir, "FlinkConnectionRotator.template.json"))).toBe(true);
    const { pluginReports } = JSON.parse(readFileSync(join(outdir, "validation-report.json"), "utf8"));
    expect(pluginReports).toEqual([]);
  });

  it("rejects an alert topic outside the credentials' region", () => {
    const settings = { alertTopicArn: `arn:aws:sns:eu-west-1:${ACCOUNT}:OnCall` };
    const { status, stderr } = runApp(CONNECTIONS, settings, CREDENTIALS);
    expect(status).toBe(1);
    expect(stderr).toContain(
      `The stack is in ${REGION}, but the alert topic ${settings.alertTopicArn} is in eu-west-1.`,
    );
  });

  it("fails with the function's message for an invalid configuration", () => {
    const { config, outdir, status, stderr } = runApp(BROKEN);
    expect(status).toBe(1);
    expect(() => parseConfig(JSON.stringify(BROKEN), config)).toThrow(stderr.trim());
    expect(stderr).toContain("connections[0].sekret (typo): unknown key");
    expect(existsSync(join(outdir, "manifest.json"))).toBe(false);
  });
});

describe("the settings", () => {
  it.each([
    [{ cloudTrailEvents: "maybe" }, /must be true or false\s+→ at cloudTrailEvents/],
    [{ schedulePeriodHours: "-1" }, /must be a number of hours\s+→ at schedulePeriodHours/],
    [{ scheduleWindowMinutes: "1441" }, /whole number from 1 to 1440\s+→ at scheduleWindowMinutes/],
    [{ fleetConcurrency: "many" }, /whole number from 1 to 1000\s+→ at fleetConcurrency/],
    [{ alertHttpsFormat: "slack" }, /must be report or chat\s+→ at alertHttpsFormat/],
    [{ stackName: "team_blue" }, /must be letters, digits and hyphens.*\s+→ at stackName/],
    [{ bucket: "My Bucket" }, /must be the name of a bucket.*\s+→ at bucket/],
    [{ logRetentionDays: "91" }, /periods that CloudWatch Logs offers.*\s+→ at logRetentionDays/],
    [{ logRetentionDays: "long" }, /periods that CloudWatch Logs offers.*\s+→ at logRetentionDays/],
    [{ alertTopicArn: "OnCall" }, /standard SNS topic.*\s+→ at alertTopicArn/],
    [
      { alertTopicArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:alerts` },
      /standard SNS topic.*\s+→ at alertTopicArn/,
    ],
    [{ alertTopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:alerts.fifo` }, /not FIFO.*\s+→ at alertTopicArn/],
    [{ alertEmail: "ops@example.com, ops" }, /e-mail addresses.*\s+→ at alertEmail/],
    [{ kmsKeyArns: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/secrets` }, /not aliases.*\s+→ at kmsKeyArns/],
    [{ schedule: "cron(0 6 * * *)", schedulePeriodHours: "24" }, "cron(0 6 * * *) is invalid"],
    [{ schedule: "cron(0 6 * * * *)", schedulePeriodHours: "24" }, "cron(0 6 * * * *) is invalid"],
    [{ schedule: "rate(1 days)" }, "rate(1 days) is invalid"],
    [{ schedule: "rate(2 day)" }, "rate(2 day) is invalid"],
    [{ scheduleTimeZone: "Europe/Bonn" }, "no time zone Europe/Bonn"],
    [{ vpcId: "vpc-0a1b2c3d" }, "vpcId and subnetIds"],
    [{ subnetIds: "subnet-0a1b2c3d" }, "vpcId and subnetIds"],
    [{ schedule: "cron(0 6 * * ? *)" }, "schedulePeriodHours"],
    [{ schedule: "rate(1 fortnight)" }, "rate(1 fortnight) is invalid"],
    [
      { schedule: "cron(61 6 * * ? *)", schedulePeriodHours: "24" },
      "cron(61 6 * * ? *) is invalid: minute 61",
    ],
    [{ schedule: "cron(0 24 * * ? *)", schedulePeriodHours: "24" }, "cron(0 24 * * ? *) is invalid: hour 24"],
    [
      { kmsKeyArns: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab` },
      "is in eu-west-1. A stack, its secrets, their keys and its alert topic must be in one region",
    ],
    [{ httpsProxy: "proxy.example.com:3128" }, /the address of a proxy.*\s+→ at httpsProxy/],
    [{ serviceName: "team blue" }, /at most 40 letters.*\s+→ at serviceName/],
    [{ noProxy: "amazonaws.com" }, "also set httpsProxy"],
    [{ caCertificates: "package.json" }, "package.json is not a PEM file with certificates (caCertificates)"],
  ])("are rejected by name: %j", (context, message) => {
    expect(() => synthesize(CONNECTIONS, context)).toThrow(message);
  });

  it.each([
    ["alertEmial", 'Did you mean "alertEmail"?'],
    ["shedule", 'Did you mean "schedule"?'],
    ["kms-key-arns", 'Did you mean "kmsKeyArns"?'],
    ["colour", "The settings are: config, stackName,"],
  ])("are rejected with a suggestion if there is no setting %s", (name, cure) => {
    expect(() => synthesize(CONNECTIONS, { [name]: "x" })).toThrow(`There is no setting ${name}.`);
    expect(() => synthesize(CONNECTIONS, { [name]: "x" })).toThrow(cure);
  });

  it("do not affect CDK's own context keys", () => {
    const own = { "aws:cdk:enable-path-metadata": true, "acknowledged-issue-numbers": [1] };
    expect(() => synthesize(CONNECTIONS, own)).not.toThrow();
  });

  it("set the stack's name, so that one checkout can deploy two rotators", () => {
    const { stack } = synthesize(CONNECTIONS, { stackName: "TeamBlue" });
    expect(stack.stackName).toBe("TeamBlue");
  });
});

describe("the bundle", () => {
  it("is reported as missing with the command that builds it", () => {
    expect(() => rotatorCode("connections.json", "nowhere")).toThrow('run "npm run build" first');
  });
});
