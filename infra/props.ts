import { Duration } from "aws-cdk-lib";
import { SecurityGroup, Vpc } from "aws-cdk-lib/aws-ec2";
import { Role } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { SettingsError } from "./errors.ts";
import type { Network } from "./network.ts";
import type { ConnectionRotatorProps } from "./rotator.ts";
import type { DeploymentSettings } from "./settings.ts";

/** The construct's properties for the settings of a deployment. */
export function toProps(scope: Construct, settings: DeploymentSettings): ConnectionRotatorProps {
  const {
    schedulePeriodHours: hours,
    scheduleWindowMinutes: window,
    scheduleTimeZone,
    alertTopicArn,
    serviceName,
    fleetConcurrency,
    roleArn,
  } = settings;
  const network = toNetwork(scope, settings);
  return {
    configFile: settings.config,
    ...(serviceName !== undefined && { serviceName }),
    schedule: {
      ...(settings.schedule !== undefined && { expression: settings.schedule }),
      ...(scheduleTimeZone !== undefined && { timeZone: scheduleTimeZone }),
      ...(hours !== undefined && { period: Duration.hours(hours) }),
      ...(window !== undefined && { flexibleWindow: Duration.minutes(window) }),
    },
    enabled: settings.enabled,
    cloudTrailEvents: settings.cloudTrailEvents,
    ...(fleetConcurrency !== undefined && { fleet: { concurrency: fleetConcurrency } }),
    ...(alertTopicArn !== undefined && {
      alertTopic: Topic.fromTopicArn(scope, "GivenAlertTopic", alertTopicArn),
    }),
    alertEmails: settings.alertEmail,
    alerts: toAlerts(settings),
    kmsKeyArns: settings.kmsKeyArns,
    ...(settings.secretTag && { secretTag: settings.secretTag }),
    logRetention: settings.logRetentionDays,
    ...(roleArn !== undefined && {
      role: Role.fromRoleArn(scope, "GivenRole", roleArn, { mutable: false }),
    }),
    ...(network && { network }),
    ...toProxy(settings),
  };
}

function toAlerts({
  alertHttpsFormat,
  runbookUrl,
}: DeploymentSettings): NonNullable<ConnectionRotatorProps["alerts"]> {
  return {
    ...(alertHttpsFormat && { httpsFormat: alertHttpsFormat }),
    ...(runbookUrl !== undefined && { runbookUrl }),
  };
}

function toProxy({
  httpsProxy,
  noProxy,
  caCertificates,
}: DeploymentSettings): Pick<ConnectionRotatorProps, "proxy" | "caCertificates"> {
  if (httpsProxy === undefined && noProxy.length > 0)
    throw new SettingsError("noProxy lists hosts that are called without a proxy; also set httpsProxy.");
  return {
    ...(httpsProxy !== undefined && { proxy: { url: httpsProxy, except: noProxy } }),
    ...(caCertificates !== undefined && { caCertificates }),
  };
}

function toNetwork(
  scope: Construct,
  { vpcId, subnetIds, securityGroupIds }: DeploymentSettings,
): Network | undefined {
  if (vpcId === undefined && subnetIds === undefined && securityGroupIds === undefined) return undefined;
  if (vpcId === undefined || subnetIds === undefined) {
    throw new SettingsError("A VPC needs both vpcId and subnetIds; securityGroupIds is optional.");
  }
  return {
    // Without a lookup, a synthesis needs no credentials. The zones and route tables are never used.
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
