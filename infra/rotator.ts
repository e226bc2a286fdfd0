import { Annotations } from "aws-cdk-lib";
import type { IRole } from "aws-cdk-lib/aws-iam";
import type { IFunction, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { type Config, readConfig } from "../src/config/load.ts";
import { addAlarms } from "./alarms.ts";
import type { AlertOptions } from "./alert-options.ts";
import { rotatorCode } from "./bundle.ts";
import { addDashboard, dashboardNameOf } from "./dashboard.ts";
import { addEvents } from "./events.ts";
import { addFleet, type Fleet, type FleetOptions, MAX_CONNECTIONS_PER_RUN } from "./fleet.ts";
import { makeFunction } from "./function.ts";
import { metricsOf } from "./metrics.ts";
import type { HttpsProxy, Network } from "./network.ts";
import { grantNetworkInterfaces, grantRotation } from "./permissions.ts";
import { requireOneRegion } from "./region.ts";
import { LOG_RETENTION, makeResources, type Resources } from "./resources.ts";
import { addSchedule, type ResolvedSchedule, type RotationSchedule, resolveSchedule } from "./schedule.ts";
import type { SecretTag } from "./secret-permissions.ts";
import { identifySecrets } from "./secrets.ts";
import { requireStandardTopic } from "./topic.ts";

export interface ConnectionRotatorProps {
  /** The connections.json that the function reads; permissions and event patterns are derived from it. */
  readonly configFile: string;
  /** Default: once a day, at a minute that depends on the stack's name. */
  readonly schedule?: RotationSchedule;
  /** With `false`, the schedule and the event rules are disabled. Default: true. */
  readonly enabled?: boolean;
  /** Whether CloudTrail events of Secrets Manager also start runs. Default: false. */
  readonly cloudTrailEvents?: boolean;
  /** A standard SNS topic for the alerts. Default: a new encrypted topic. */
  readonly alertTopic?: ITopic;
  /** The e-mail addresses to subscribe to that topic. */
  readonly alertEmails?: readonly string[];
  /** The format of the alerts and the runbook to which they link. */
  readonly alerts?: AlertOptions;
  /** Permits secrets of the stack's account by this tag. Default: each secret by its name. */
  readonly secretTag?: SecretTag;
  /** The customer-managed KMS keys that encrypt the secrets. */
  readonly kmsKeyArns?: readonly string[];
  /** Default: no VPC. */
  readonly network?: Network;
  /** Default: the function calls Confluent and AWS directly. */
  readonly proxy?: HttpsProxy;
  /** A PEM file with additional certificate authorities, such as that of a proxy. Default: those of Node. */
  readonly caCertificates?: string;
  /** An orchestrator executes scheduled runs in batches. Default: the function updates all connections in one run. */
  readonly fleet?: FleetOptions;
  /** The role of the function, with every necessary permission. Default: a new role with exactly these permissions. */
  readonly role?: IRole;
  /** Default: three months. */
  readonly logRetention?: RetentionDays;
  /** Distinguishes the metrics and alarms of two rotators in one account and region. Default: flink-connection-rotator. */
  readonly serviceName?: string;
  /** The folder that contains the built bundle. Default: dist/lambda of this package. */
  readonly bundle?: string;
}

/** The rotator function with its schedule, event rules, permissions, alerts and alarms. */
export class ConnectionRotator extends Construct {
  readonly function: IFunction;
  readonly role: IRole;
  readonly alertTopic: ITopic;
  /** The schedule: an expression and a time zone. */
  readonly schedule: string;
  /** The known recipients of the alerts. */
  readonly alertRecipients: string;

  /**
   * @throws ConfigError if connections.json is invalid.
   * @throws SettingsError if the properties cannot be deployed.
   */
  constructor(scope: Construct, id: string, props: ConnectionRotatorProps) {
    super(scope, id);
    const { cloudTrailEvents = false, enabled = true, network, kmsKeyArns = [], secretTag } = props;
    const schedule = resolveSchedule(this, props.schedule ?? {});
    if (props.alertTopic) requireStandardTopic(props.alertTopic);
    const config = readConfig(props.configFile, "config (configFile)");
    const { secrets, rotated, shared } = secretsOf(this, config);
    const resources = makeResources(this, props);
    const { ownRole, topic, deadLetterQueue } = resources;
    requireOneRegion(this, { secrets, topic, kmsKeyArns });

    const { propagationLabel, refresh } = config;
    const permitted = { secrets, rotated, propagationLabel, refresh, kmsKeyArns, secretTag };
    if (ownRole) grantRotation(ownRole, { ...resources, ...permitted });
    if (ownRole && network) grantNetworkInterfaces(ownRole);

    const { fn, fleet } = makeFunctions(this, props, resources);
    const serviceName = serviceNameOf(props);
    const live = fleet?.live;
    addSchedule(this, { ...schedule, enabled, fn: live ?? fn, deadLetterQueue });
    const rules = { serviceName, cloudTrailEvents, everySecret: secretTag !== undefined, enabled };
    const targets = { fn, orchestrator: live, topic, deadLetterQueue };
    addEvents(this, { secrets, rotated, shared, ...rules, ...targets });
    addMonitoring(this, { ...resources, fn, fleet, serviceName, schedule, enabled, config });

    this.function = fn;
    this.role = resources.role;
    this.alertTopic = topic;
    this.schedule = enabled ? `${schedule.expression} ${schedule.timeZone}` : "paused (enabled=false)";
    this.alertRecipients = alertRecipients(this, props);
  }
}

/** @returns the recipients. A new topic without any causes a warning at synthesis. */
function alertRecipients(scope: Construct, { alertEmails = [], alertTopic }: ConnectionRotatorProps): string {
  if (alertEmails.length > 0) return `${alertEmails.join(", ")} (each must confirm the subscription)`;
  if (alertTopic) return "the subscribers of the given topic";
  Annotations.of(scope).addWarningV2(
    "flink-connection-rotator:noAlertRecipient",
    "Nobody receives the alerts: the new topic has no subscriber. Set alertEmail (alertEmails), or subscribe to the topic.",
  );
  return "nobody: set alertEmail, or subscribe to the topic";
}

interface Functions {
  readonly fn: LambdaFunction;
  readonly fleet: Fleet | undefined;
}

function makeFunctions(scope: Construct, props: ConnectionRotatorProps, resources: Resources): Functions {
  const { configFile, fleet, network, proxy, caCertificates, alerts, logRetention = LOG_RETENTION } = props;
  const { fleetRoles, ...common } = resources;
  const serviceName = serviceNameOf(props);
  const code = rotatorCode(configFile, props.bundle, caCertificates);
  const options = { network, proxy, caCertificates, fleet, alerts };
  const fn = makeFunction(scope, { ...common, ...options, serviceName, code });
  if (!fleet || !fleetRoles) return { fn, fleet: undefined };
  const fleetProps = { ...fleet, ...common, configFile, serviceName, logRetention, alerts };
  return { fn, fleet: addFleet(scope, { ...fleetProps, rotator: fn, roles: fleetRoles }) };
}

interface MonitoringProps extends Pick<Resources, "topic" | "deadLetterQueue"> {
  readonly fn: IFunction;
  readonly fleet: Fleet | undefined;
  readonly serviceName: string;
  readonly schedule: ResolvedSchedule;
  readonly enabled: boolean;
  readonly config: Config;
}

function addMonitoring(scope: Construct, { config, schedule, enabled, ...props }: MonitoringProps): void {
  const metric = metricsOf(props.serviceName);
  const alarms = addAlarms(scope, { ...props, metric, ...(enabled && { schedule }) });
  const name = dashboardNameOf(props.serviceName);
  addDashboard(scope, { fn: props.fn, metric, alarms, environments: [...config.environments.keys()], name });
}

/** All secrets that the function reads, the connections' secrets, and those with too many connections for one run. */
function secretsOf(scope: Construct, { connections, environments }: Config) {
  const connectionSecrets = connections.map(({ secret }) => secret);
  const apiKeySecrets = [...environments.values()].map(({ apiKeySecret }) => apiKeySecret);
  return {
    secrets: identifySecrets(scope, [...connectionSecrets, ...apiKeySecrets]),
    rotated: identifySecrets(scope, connectionSecrets),
    shared: identifySecrets(scope, widelyShared(connectionSecrets)),
  };
}

function widelyShared(connectionSecrets: readonly string[]): string[] {
  const bySecret = Map.groupBy(connectionSecrets, (secret) => secret);
  return [...bySecret].flatMap(([secret, all]) => (all.length > MAX_CONNECTIONS_PER_RUN ? secret : []));
}

function serviceNameOf({ serviceName = "flink-connection-rotator" }: ConnectionRotatorProps): string {
  return serviceName;
}
