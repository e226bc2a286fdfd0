import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Terminal } from "../../terminal/terminal.ts";
import type { SecretLabelUpdated } from "../aws/secret-store.ts";
import type { PublishedMessage } from "../aws/sns.ts";
import type { RotatorResult } from "../function-process.ts";
import {
  AGENTS_SECRET,
  awsKey,
  CONNECTIONS,
  type DemoConnection,
  ENVIRONMENTS,
  FORBIDDEN,
  fresh,
  oauthClient,
  REVOKED,
  SHARED_SECRET,
  SILENT_SECRET,
} from "./connections.ts";
import type { DemoSandbox } from "./environment.ts";
import { statementAssertions } from "./statements.ts";

export interface DemoContext extends DemoSandbox {
  readonly terminal: Terminal;
  /** Receives the events of Secrets Manager. */
  onEvent: (event: SecretLabelUpdated) => void;
}

/** The result of a scenario's run. */
export interface ScenarioRun {
  readonly result: RotatorResult;
  readonly alerts: readonly PublishedMessage[];
}

/** A sentence and whether it is true. */
export type Assertion = readonly [text: string, holds: boolean];

export interface Scenario {
  readonly title: string;
  /** The connections that the run rotates. */
  readonly connections: readonly DemoConnection[];
  readonly start: (context: DemoContext) => Promise<RotatorResult>;
  readonly assertions: (context: DemoContext, run: ScenarioRun) => readonly Assertion[];
}

/** How long the service shows the old phase in the scenario of a stale READY. */
const LINGERING_MS = 1_000;
const SHARING = using(SHARED_SECRET);
const AGENTS = using(AGENTS_SECRET);
const SILENT = using(SILENT_SECRET);

export const SCENARIOS: readonly Scenario[] = [
  {
    title: "The schedule starts a run over all connections",
    connections: CONNECTIONS,
    start: ({ rotator }) => rotator.invoke({ trigger: "schedule" }),
    assertions: (context, run) => allReady(context, run, CONNECTIONS),
  },
  {
    title: `A new value of ${SHARED_SECRET} starts a run over the connections that use it`,
    connections: SHARING,
    start: (context) => changeSecret(context, SHARED_SECRET, awsKey()),
    assertions: (context, run) => allReady(context, run, SHARING),
  },
  {
    title: `The provider refuses a new key in ${SHARED_SECRET} before it is sent to Confluent`,
    connections: SHARING,
    start: (context) => changeSecret(context, SHARED_SECRET, awsKey(REVOKED)),
    assertions: (context, run) => allKeepTheirKey(context, run, SHARING),
  },
  {
    title: `A new key in ${SHARED_SECRET} is valid, but may not use the model`,
    connections: SHARING,
    start: (context) => changeSecret(context, SHARED_SECRET, awsKey(FORBIDDEN)),
    assertions: (context, run) => onlyCanaryRefused(context, run, SHARING),
  },
  {
    title: `A new key in ${AGENTS_SECRET} is refused after a stale READY of ${LINGERING_MS / 1_000} s`,
    connections: AGENTS,
    start: (context) => {
      const world = { world: "controller", verdictAfterMs: LINGERING_MS } as const;
      context.confluent.configureEnvironment(ENVIRONMENTS.staging, world);
      return changeSecret(context, AGENTS_SECRET, fresh(REVOKED));
    },
    assertions: (context, run) => onlyCanaryRefused(context, run, AGENTS),
  },
  {
    title: `${SILENT_SECRET} gets a new value in an environment that reports no phases: a statement proves the key`,
    connections: SILENT,
    start: (context) => {
      context.confluent.configureEnvironment(ENVIRONMENTS.staging, { world: "silent" });
      return changeSecret(context, SILENT_SECRET, oauthClient());
    },
    assertions: (context, run) => [
      ...statementAssertions(context, run),
      holdNewKey(context, SILENT),
      noAlert(run),
    ],
  },
];

function using(name: string): readonly DemoConnection[] {
  return CONNECTIONS.filter(({ secret }) => secret === name);
}

function allReady(
  context: DemoContext,
  run: ScenarioRun,
  connections: readonly DemoConnection[],
): readonly Assertion[] {
  const ready = countOf(run, "ready");
  return [
    [
      `${ready} of ${connections.length} connections were READY after their PUT`,
      ready === connections.length,
    ],
    holdNewKey(context, connections),
    noAlert(run),
  ];
}

function allKeepTheirKey(
  context: DemoContext,
  { result, alerts }: ScenarioRun,
  connections: readonly DemoConnection[],
): readonly Assertion[] {
  const keepTheirs = connections.every(
    (each) => inspect(context, each).phase === "READY" && !holdsCurrent(context, each),
  );
  return [
    [`All ${connections.length} connections keep the key that works: no PUT was sent`, keepTheirs],
    [
      "The topic received one alert, and the run ended with an error",
      alerts.length === 1 && "error" in result,
    ],
  ];
}

function onlyCanaryRefused(
  context: DemoContext,
  { result, alerts }: ScenarioRun,
  connections: readonly DemoConnection[],
): readonly Assertion[] {
  const [canary, ...others] = connections.map((each) => ({ each, phase: inspect(context, each).phase }));
  const keepTheirs = others.every(({ each, phase }) => phase === "READY" && !holdsCurrent(context, each));
  return [
    ["Only one connection, the canary, received the key", canary?.phase === "INVALID_AUTH"],
    [
      `${others.length === 1 ? "The other one keeps" : `The other ${others.length} keep`} the key that works`,
      keepTheirs,
    ],
    [
      "The topic received one alert, and the run ended with an error",
      alerts.length === 1 && "error" in result,
    ],
  ];
}

function holdNewKey(context: DemoContext, connections: readonly DemoConnection[]): Assertion {
  return ["Each of them holds the new key", connections.every((each) => holdsCurrent(context, each))];
}

function noAlert({ alerts }: ScenarioRun): Assertion {
  return ["No alert was sent", alerts.length === 0];
}

function countOf({ result }: ScenarioRun, outcome: string): number {
  return "report" in result ? (result.report.counts[outcome] ?? 0) : 0;
}

/** Puts a value through the AWS API. @returns the result of the run that its event starts. */
async function changeSecret(context: DemoContext, secretId: string, value: string): Promise<RotatorResult> {
  const { promise, resolve } = Promise.withResolvers<SecretLabelUpdated>();
  context.onEvent = resolve;
  const client = new SecretsManagerClient({
    endpoint: context.aws.url,
    region: "us-east-1",
    credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
  });
  await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: value }));
  client.destroy();
  return context.rotator.invoke(await promise);
}

function inspect({ confluent }: DemoContext, { name, environment }: DemoConnection) {
  return confluent.connection(name, ENVIRONMENTS[environment]);
}

/** Whether the connection holds a unique part of its secret's current value. */
function holdsCurrent(context: DemoContext, connection: DemoConnection): boolean {
  const secret = context.aws.secretString(connection.secret) ?? "";
  const values = Object.values(inspect(context, connection).data);
  return values.some((value) => value.length >= UUID_LENGTH && secret.includes(value));
}

const UUID_LENGTH = 36;
