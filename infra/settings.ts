import { Duration } from "aws-cdk-lib";
import { SecurityGroup, Vpc } from "aws-cdk-lib/aws-ec2";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import * as z from "zod";
import { SettingsError } from "./errors.ts";
import type { Network } from "./network.ts";
import type { ConnectionRotatorProps } from "./rotator.ts";

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);
const number = z.coerce.number<string | number>().positive();
const flag = z.union([z.boolean(), z.stringbool()], "must be true or false");

/** What `--context NAME=VALUE` may say; values of the command line are strings. */
const settings = z.object({
  config: z.string().default("connections.json"),
  stackName: z.string().default("FlinkConnectionRotator"),
  serviceName: z.string().optional(),
  alertEmail: list.default([]),
  alertTopicArn: z.string().startsWith("arn:").optional(),
  schedule: z.string().default("rate(1 day)"),
  scheduleTimeZone: z.string().optional(),
  schedulePeriodHours: number.optional(),
  scheduleWindowMinutes: number.optional(),
  cloudTrailEvents: flag.default(false),
  kmsKeyArns: list.default([]),
  fleetConcurrency: number.int().optional(),
  logRetentionDays: z.coerce
    .number<string | number>()
    .refine((days) => days in RetentionDays, "is not one of the periods that CloudWatch Logs offers")
    .default(90),
  vpcId: z.string().optional(),
  subnetIds: list.optional(),
  securityGroupIds: list.optional(),
});

export type Settings = z.output<typeof settings>;

/** @throws SettingsError naming every setting that is not right. */
export function readSettings(scope: Construct): Settings {
  const given = Object.keys(settings.shape).map((key) => [key, scope.node.tryGetContext(key)]);
  const parsed = settings.safeParse(Object.fromEntries(given));
  if (!parsed.success)
    throw new SettingsError(`The --context settings have faults:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export function toProps(scope: Construct, settings: Settings): ConnectionRotatorProps {
  const {
    schedulePeriodHours: hours,
    scheduleWindowMinutes: window,
    scheduleTimeZone,
    alertTopicArn,
    serviceName,
    fleetConcurrency,
  } = settings;
  const network = toNetwork(scope, settings);
  return {
    configFile: settings.config,
    ...(serviceName !== undefined && { serviceName }),
    schedule: {
      expression: settings.schedule,
      ...(scheduleTimeZone !== undefined && { timeZone: scheduleTimeZone }),
      ...(hours !== undefined && { period: Duration.hours(hours) }),
      ...(window !== undefined && { flexibleWindow: Duration.minutes(window) }),
    },
    cloudTrailEvents: settings.cloudTrailEvents,
    ...(fleetConcurrency !== undefined && { fleet: { concurrency: fleetConcurrency } }),
    ...(alertTopicArn !== undefined && {
      alertTopic: Topic.fromTopicArn(scope, "GivenAlertTopic", alertTopicArn),
    }),
    alertEmails: settings.alertEmail,
    kmsKeyArns: settings.kmsKeyArns,
    logRetention: settings.logRetentionDays,
    ...(network && { network }),
  };
}

function toNetwork(scope: Construct, { vpcId, subnetIds, securityGroupIds }: Settings): Network | undefined {
  if (vpcId === undefined && subnetIds === undefined && securityGroupIds === undefined) return undefined;
  if (vpcId === undefined || subnetIds === undefined) {
    throw new SettingsError("A VPC needs both settings, vpcId and subnetIds; securityGroupIds is optional.");
  }
  return {
    // Nothing of the VPC is looked up, so that a synthesis needs no credentials; zones and route tables are never used.
    vpc: Vpc.fromVpcAttributes(scope, "Vpc", {
      vpcId,
      availabilityZones: ["any"],
      privateSubnetIds: subnetIds,
      privateSubnetRouteTableIds: subnetIds,
    }),
    ...(securityGroupIds && {
      securityGroups: securityGroupIds.map((id) => SecurityGroup.fromSecurityGroupId(scope, id, id)),
    }),
  };
}
