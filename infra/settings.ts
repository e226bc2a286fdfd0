import { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import * as z from "zod";
import { didYouMean } from "../src/config/suggest.ts";
import { SettingsError } from "./errors.ts";
import { SERVICE_NAME } from "./limits.ts";
import { isStandardTopicArn } from "./topic.ts";

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);
const hours = z.coerce
  .number<string | number>("must be a number of hours")
  .positive("must be a number of hours");
const whole = (max: number) => {
  const rule = `must be a whole number from 1 to ${max}`;
  return z.coerce.number<string | number>(rule).int(rule).min(1, rule).max(max, rule);
};
/** EventBridge Scheduler's limit. */
const MAX_WINDOW_MINUTES = 1_440;
/** The default quota of an account's concurrent executions. */
const MAX_CONCURRENCY = 1_000;
const RETENTION_RULE =
  "must be one of the periods that CloudWatch Logs offers, such as 30, 90, 180, 365 or 731";
const KEY_ARN = /^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/;
const flag = z.union([z.boolean(), z.stringbool()], "must be true or false");

const topicArn = z
  .string()
  .refine(
    isStandardTopicArn,
    "must be the ARN of a standard SNS topic (not FIFO), such as arn:aws:sns:us-west-2:111122223333:alerts",
  );
const emails = list.pipe(z.array(z.email("must be e-mail addresses, separated by commas")));
const keyArns = list.pipe(
  z.array(
    z
      .string()
      .regex(
        KEY_ARN,
        "must be ARNs of KMS keys (not aliases: IAM does not resolve them), separated by commas",
      ),
  ),
);

const iamArn = (kind: "role" | "policy") =>
  z
    .string()
    .regex(
      new RegExp(`^arn:[^:]+:iam::(\\d{12}|aws):${kind}/[\\w+=,.@/-]+$`),
      `must be the ARN of a ${kind}, such as arn:aws:iam::111122223333:${kind}/rotator`,
    );

const proxyAddress = z.url({
  protocol: /^https?$/,
  error: "must be the address of a proxy, such as http://proxy.example.com:3128",
});

const stackName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, "must be letters, digits and hyphens, and begin with a letter");
const bucket = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket, such as my-deployments");
const serviceName = z
  .string()
  .regex(SERVICE_NAME, "must be at most 40 letters, digits, dots, hyphens and underscores");
const secretTag = z
  .string()
  .regex(/^[^=]+=[^=]*$/, "must be a tag of the secrets, such as used-by=flink-connection-rotator")
  .transform((text) => {
    const [key = "", value = ""] = text.split("=");
    return { key, value };
  });

/** The settings for `--context NAME=VALUE`. All values on the command line are strings. */
const deploymentSettings = z.object({
  config: z.string().default("connections.json"),
  stackName: stackName.default("FlinkConnectionRotator"),
  serviceName: serviceName.optional(),
  enabled: flag.default(true),
  alertEmail: emails.default([]),
  alertTopicArn: topicArn.optional(),
  alertHttpsFormat: z.enum(["report", "chat"], "must be report or chat").optional(),
  runbookUrl: z.url({ protocol: /^https?$/, error: "must be a web address" }).optional(),
  schedule: z.string().optional(),
  scheduleTimeZone: z.string().optional(),
  schedulePeriodHours: hours.optional(),
  scheduleWindowMinutes: whole(MAX_WINDOW_MINUTES).optional(),
  cloudTrailEvents: flag.default(false),
  kmsKeyArns: keyArns.default([]),
  roleArn: iamArn("role").optional(),
  permissionsBoundaryArn: iamArn("policy").optional(),
  bucket: bucket.optional(),
  secretTag: secretTag.optional(),
  fleetConcurrency: whole(MAX_CONCURRENCY).optional(),
  logRetentionDays: z.coerce
    .number<string | number>(RETENTION_RULE)
    .refine((days) => days in RetentionDays, RETENTION_RULE)
    .default(90),
  vpcId: z.string().optional(),
  subnetIds: list.optional(),
  securityGroupIds: list.optional(),
  httpsProxy: proxyAddress.optional(),
  noProxy: list.default([]),
  caCertificates: z.string().optional(),
});

export type DeploymentSettings = z.output<typeof deploymentSettings>;

/** @throws SettingsError with every unknown or invalid setting. */
export function readDeploymentSettings(scope: Construct): DeploymentSettings {
  refuseUnknown(Object.keys(scope.node.getAllContext()));
  const given = Object.keys(deploymentSettings.shape).map((key) => [key, scope.node.tryGetContext(key)]);
  const parsed = deploymentSettings.safeParse(Object.fromEntries(given));
  if (!parsed.success)
    throw new SettingsError(`The --context settings are invalid:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** CDK's own context keys contain a colon or a slash, except these. */
const OWN_NAMES_OF_CDK: readonly string[] = ["acknowledged-issue-numbers", "cdk-migrate"];

function refuseUnknown(names: readonly string[]): void {
  const known = Object.keys(deploymentSettings.shape);
  const unknown = names.filter(
    (name) => !/[:/]/.test(name) && !known.includes(name) && !OWN_NAMES_OF_CDK.includes(name),
  );
  if (unknown.length === 0) return;
  const faults = unknown.map((name) => `There is no setting ${name}.${didYouMean(name, known, " ")}`);
  throw new SettingsError([...faults, `The settings are: ${known.join(", ")}.`].join("\n"));
}
