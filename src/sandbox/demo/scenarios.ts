import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Terminal } from "../../terminal/terminal.ts";
import type { SecretLabelUpdated } from "../aws/secret-store.ts";
import type { RotatorResult } from "../function-process.ts";
import { alertLines } from "./alert.ts";
import {
  awsKey,
  CONNECTIONS,
  type DemoConnection,
  ENVIRONMENTS,
  REVOKED,
  SHARED_SECRET,
} from "./connections.ts";
import type { DemoSandbox } from "./environment.ts";

export interface DemoContext extends DemoSandbox {
  readonly terminal: Terminal;
  /** Receives the events of Secrets Manager. */
  onEvent: (event: SecretLabelUpdated) => void;
}

/** A sentence, and whether it is true. */
export type Assertion = readonly [text: string, holds: boolean];

export interface Scenario {
  readonly title: string;
  /** The connections that the run rotates. */
  readonly connections: readonly DemoConnection[];
  readonly start: (context: DemoContext) => Promise<RotatorResult>;
  /** Lines to show after the run. */
  readonly after?: (context: DemoContext) => readonly string[];
  readonly assertions: (context: DemoContext, result: RotatorResult) => readonly Assertion[];
}

const SHARING = CONNECTIONS.filter(({ secret }) => secret === SHARED_SECRET);

export const SCENARIOS: readonly Scenario[] = [
  {
    title: "The schedule starts a run over all connections",
    connections: CONNECTIONS,
    start: ({ rotator }) => rotator.invoke({ trigger: "schedule" }),
    assertions: (context, result) => allReady(context, result, CONNECTIONS),
  },
  {
    title: `A new value of ${SHARED_SECRET} starts a run over the connections that use it`,
    connections: SHARING,
    start: (context) => changeSecret(context, awsKey()),
    assertions: (context, result) => allReady(context, result, SHARING),
  },
  {
    title: `The provider refuses a new key in ${SHARED_SECRET}`,
    connections: SHARING,
    start: (context) => changeSecret(context, awsKey(REVOKED)),
    after: ({ aws, terminal }) => aws.published().flatMap((alert) => [...alertLines(terminal, alert), ""]),
    assertions: (context, result) => {
      const [canary, ...others] = SHARING.map((each) => ({ each, phase: inspect(context, each).phase }));
      return [
        ["Only one connection, the canary, received the key", canary?.phase === "INVALID_AUTH"],
        [
          "The others keep the key that works",
          others.every(({ each, phase }) => phase === "READY" && !holdsCurrent(context, each)),
        ],
        [
          "The topic received one alert, and the run ended with an error",
          context.aws.published().length === 1 && "error" in result,
        ],
      ];
    },
  },
];

function allReady(
  context: DemoContext,
  result: RotatorResult,
  connections: readonly DemoConnection[],
): readonly Assertion[] {
  const ready = "report" in result ? (result.report.counts["ready"] ?? 0) : 0;
  return [
    [
      `${ready} of ${connections.length} connections were READY after their PUT`,
      ready === connections.length,
    ],
    ["Each of them holds the new key", connections.every((each) => holdsCurrent(context, each))],
    ["No alert was sent", context.aws.published().length === 0],
  ];
}

/** Puts a value through the AWS API. @returns the result of the run that its event starts. */
async function changeSecret(context: DemoContext, value: string): Promise<RotatorResult> {
  const { promise, resolve } = Promise.withResolvers<SecretLabelUpdated>();
  context.onEvent = resolve;
  const client = new SecretsManagerClient({
    endpoint: context.aws.url,
    region: "us-east-1",
    credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
  });
  await client.send(new PutSecretValueCommand({ SecretId: SHARED_SECRET, SecretString: value }));
  client.destroy();
  return context.rotator.invoke(await promise);
}

function inspect({ confluent }: DemoContext, { name, environment }: DemoConnection) {
  return confluent.connection(name, ENVIRONMENTS[environment]);
}

/** Whether the connection holds something unique from its secret's current value. */
function holdsCurrent(context: DemoContext, connection: DemoConnection): boolean {
  const secret = context.aws.secretString(connection.secret) ?? "";
  const values = Object.values(inspect(context, connection).data);
  return values.some((value) => value.length >= UUID_LENGTH && secret.includes(value));
}

const UUID_LENGTH = 36;
