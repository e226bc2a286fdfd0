import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SecretLabelUpdated } from "../aws/secret-store.ts";
import type { Invocation } from "../function-process.ts";
import { alertLines } from "./alert.ts";
import {
  awsKey,
  CONNECTIONS,
  type DemoConnection,
  ENVIRONMENTS,
  REVOKED,
  SHARED_SECRET,
} from "./connections.ts";
import type { Stage } from "./progress.ts";

export interface Play extends Stage {
  /** Gets the events of Secrets Manager. */
  onEvent: (event: SecretLabelUpdated) => void;
}

/** Something that must be so. */
export type Claim = readonly [claim: string, isSo: boolean];

export interface Act {
  readonly title: string;
  /** The ones that its run is to rotate. */
  readonly connections: readonly DemoConnection[];
  readonly begin: (play: Play) => Promise<Invocation>;
  /** Lines to show after the run. */
  readonly epilogue?: (play: Play) => readonly string[];
  readonly claims: (play: Play, run: Invocation) => readonly Claim[];
}

const SHARING = CONNECTIONS.filter(({ secret }) => secret === SHARED_SECRET);

export const ACTS: readonly Act[] = [
  {
    title: "The schedule starts a run over every connection",
    connections: CONNECTIONS,
    begin: (play) => play.rotator.invoke({ trigger: "schedule" }),
    claims: (play, run) => wellRotated(play, run, CONNECTIONS),
  },
  {
    title: `${SHARED_SECRET} gets a new value, and its event starts a run over the connections that use it`,
    connections: SHARING,
    begin: (play) => changeSecret(play, awsKey()),
    claims: (play, run) => wellRotated(play, run, SHARING),
  },
  {
    title: `${SHARED_SECRET} gets a key that its provider refuses`,
    connections: SHARING,
    begin: (play) => changeSecret(play, awsKey(REVOKED)),
    epilogue: ({ aws, terminal }) => aws.published().flatMap((alert) => [...alertLines(terminal, alert), ""]),
    claims: (play, run) => {
      const [tried, ...others] = SHARING.map((each) => ({ each, phase: stateOf(play, each).phase }));
      return [
        ["The key was tried on one connection alone", tried?.phase === "INVALID_AUTH"],
        [
          "The others keep the key that works",
          others.every(({ each, phase }) => phase === "READY" && !holdsCurrent(play, each)),
        ],
        [
          "The topic got one alert, and the run ended with an error",
          play.aws.published().length === 1 && "error" in run,
        ],
      ];
    },
  },
];

function wellRotated(play: Play, run: Invocation, connections: readonly DemoConnection[]): readonly Claim[] {
  const ready = "report" in run ? run.report.counts["ready"] : 0;
  return [
    [
      `${ready} of ${connections.length} connections were READY after their PUT`,
      ready === connections.length,
    ],
    ["Each of them holds the new key", connections.every((each) => holdsCurrent(play, each))],
    ["There was nothing to send an alert for", play.aws.published().length === 0],
  ];
}

/** Puts a value through the AWS API. @returns the run that the event of it starts. */
async function changeSecret(play: Play, value: string): Promise<Invocation> {
  const { promise, resolve } = Promise.withResolvers<SecretLabelUpdated>();
  play.onEvent = resolve;
  const client = new SecretsManagerClient({
    endpoint: play.aws.url,
    region: "us-east-1",
    credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
  });
  await client.send(new PutSecretValueCommand({ SecretId: SHARED_SECRET, SecretString: value }));
  client.destroy();
  return play.rotator.invoke(await promise);
}

function stateOf({ confluent }: Play, { name, environment }: DemoConnection) {
  return confluent.connection(name, ENVIRONMENTS[environment]);
}

/** True when something unique out of the secret's current value has arrived in the connection. */
function holdsCurrent(play: Play, connection: DemoConnection): boolean {
  const secret = play.aws.secretString(connection.secret) ?? "";
  const values = Object.values(stateOf(play, connection).data);
  return values.some((value) => value.length >= UUID_LENGTH && secret.includes(value));
}

const UUID_LENGTH = 36;
