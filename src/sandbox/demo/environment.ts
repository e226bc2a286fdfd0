import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../rotation/clock.ts";
import { startLambda } from "../aws/lambda.ts";
import type { SecretLabelUpdated } from "../aws/secret-store.ts";
import { type AwsSandbox, startAws } from "../aws/server.ts";
import { type ConfluentSandbox, startConfluent } from "../confluent/server.ts";
import type { AuthData, State } from "../confluent/settings.ts";
import { FUNCTION_NAME, type FunctionProcess, startFunction } from "../function-process.ts";
import { type ProvidersSandbox, startProviders } from "../providers/server.ts";
import {
  atProviders,
  CONNECTIONS,
  type DemoConnection,
  ENVIRONMENTS,
  FORBIDDEN,
  fresh,
  freshSecrets,
  ORGANIZATION_ID,
  REVOKED,
} from "./connections.ts";
import { addStatements, STAGING_STATEMENTS, VERIFICATION } from "./statements.ts";

const DEPLOYED = {
  name: FUNCTION_NAME,
  description: "Rotates the API keys of Confluent Cloud Flink connections",
};
const HOUR_MS = 3_600_000;
const REFUSAL = "The provider returned 403: refused or not allowed.";

/** The stand-ins, with old keys in connections and new keys in secrets, and the built function. */
export interface DemoSandbox {
  readonly aws: AwsSandbox;
  readonly confluent: ConfluentSandbox;
  readonly providers: ProvidersSandbox;
  readonly rotator: FunctionProcess;
  readonly configFile: string;
  readonly logFile: string;
  /** The environment variables of a process that uses the sandbox. */
  readonly env: Readonly<Record<string, string>>;
  /** `key:secret` of the Flink API key of an environment. */
  readonly apiKeys: Readonly<Record<keyof typeof ENVIRONMENTS, string>>;
  /** Ends everything, and removes the folder of the log unless `keepLog` is true. */
  readonly close: (keepLog?: boolean) => Promise<void>;
}

/**
 * @param onEvent receives the events that EventBridge would send to the function.
 * @param onAsyncCall receives the events of asynchronous calls of the function.
 */
export async function startDemoSandbox(
  onEvent: (event: SecretLabelUpdated) => void,
  onAsyncCall?: (event: unknown) => void,
): Promise<DemoSandbox> {
  let isOpen = false;
  const aws = await startAws({
    clock: systemClock,
    onEvent: (event) => {
      if (isOpen && event.detail.labelUpdated === "AWSCURRENT") onEvent(event);
    },
  });
  const confluent = await startConfluent({ latencyMs: 30, accepts, detail });
  const providers = await startProviders({ accepts: (key) => !key.includes(REVOKED) });
  const connections = CONNECTIONS.map((connection) => atProviders(connection, providers.url));
  const folder = mkdtempSync(join(tmpdir(), "flink-connection-rotator-"));
  const configFile = join(folder, "connections.json");
  const logFile = join(folder, "function.log");
  writeFileSync(configFile, `${JSON.stringify(connectionsFile(confluent.url, connections), null, 2)}\n`);
  const apiKeys = {
    prod: addEnvironment("prod", connections, { aws, confluent }),
    staging: addEnvironment("staging", connections, { aws, confluent }),
  };
  for (const [name, value] of freshSecrets()) aws.putSecret(name, value, { createdAt: Date.now() - HOUR_MS });
  const env = { ...awsEnvironment(aws), CONNECTIONS_FILE: configFile };
  addStatements(confluent);
  const closeServers = () => Promise.all([aws.close(), confluent.close(), providers.close()]);
  const rotator = await startFunction({ env, logFile }).catch(async (error: unknown) => {
    await closeServers();
    throw error;
  });
  const lambda = await startLambda({
    ...DEPLOYED,
    invoke: rotator.invoke,
    ...(onAsyncCall && { start: onAsyncCall }),
  });
  isOpen = true;
  const close = async (keepLog = false): Promise<void> => {
    rotator.stop();
    await Promise.all([closeServers(), lambda.close()]);
    if (!keepLog) rmSync(folder, { recursive: true });
  };
  const operatorEnv = { ...env, AWS_ENDPOINT_URL_LAMBDA: lambda.url };
  return { aws, confluent, providers, rotator, configFile, logFile, env: operatorEnv, apiKeys, close };
}

function awsEnvironment(aws: AwsSandbox): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "sandbox",
    AWS_SECRET_ACCESS_KEY: "sandbox",
    ALERT_TOPIC_ARN: aws.createTopic("flink-connection-alerts"),
  };
}

function addEnvironment(
  name: keyof typeof ENVIRONMENTS,
  connections: readonly DemoConnection[],
  { aws, confluent }: Pick<DemoSandbox, "aws" | "confluent">,
): string {
  const environmentId = ENVIRONMENTS[name];
  const apiKey = { key: `${name.toUpperCase()}FLINKKEY`, secret: fresh("cflt") };
  confluent.addEnvironment({ organizationId: ORGANIZATION_ID, environmentId, apiKeys: [apiKey] });
  aws.putSecret(apiKeySecret(name), JSON.stringify({ apiKey: apiKey.key, apiSecret: apiKey.secret }), {
    createdAt: Date.now() - HOUR_MS,
  });
  for (const connection of connections.filter(({ environment }) => environment === name)) {
    const { type, endpoint, timeToReadyMs } = connection;
    const data = { OLD_KEY: "old" };
    confluent.addConnection(environmentId, { name: connection.name, type, endpoint, data, timeToReadyMs });
  }
  return `${apiKey.key}:${apiKey.secret}`;
}

function connectionsFile(restEndpoint: string, connections: readonly DemoConnection[]): object {
  return {
    environments: Object.fromEntries(
      Object.entries(ENVIRONMENTS).map(([name, environmentId]) => [
        name,
        {
          organizationId: ORGANIZATION_ID,
          environmentId,
          restEndpoint,
          apiKeySecret: apiKeySecret(name),
          ...(name === "staging" && { statements: STAGING_STATEMENTS }),
        },
      ]),
    ),
    connections: connections.map(({ timeToReadyMs: _, ...entry }) => entry),
    timing: { readyTimeoutSeconds: 30, graceSeconds: 1, confirmSeconds: 2 },
    verification: VERIFICATION,
    propagationLabel: "FLINK_READY",
  };
}

function apiKeySecret(environment: string): string {
  return `${environment}/confluent-flink-key`;
}

/** The format of the invalid keys that `probe` invents. */
const INVENTED = /^[Xx0-]{4,}$/;

function accepts(data: AuthData): boolean {
  const refused = [REVOKED, FORBIDDEN];
  return !Object.values(data).some(
    (value) => INVENTED.test(value) || refused.some((word) => value.includes(word)),
  );
}

function detail(state: State): string {
  return state === "invalidAuth" ? REFUSAL : "";
}
