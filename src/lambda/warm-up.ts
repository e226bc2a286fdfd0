import { once } from "node:events";
import { createServer } from "node:http";
import { configFileOf, parseConfig, readConfig } from "../config/load.ts";
import { systemClock } from "../rotation/clock.ts";
import { Redactor } from "../rotation/redact.ts";
import { run } from "../run.ts";

/** Upper bound for the time that the warm-up may add to a cold start. */
const MAX_MS = 1_000;

/** Serves both clients: a secret for the AWS SDK, a connection for the Confluent client. */
const RESPONSE = JSON.stringify({
  SecretString: JSON.stringify({ apiKey: "none", apiSecret: "none" }),
  VersionId: "none",
  CreatedDate: 0,
  VersionStages: ["AWSCURRENT"],
  name: "none",
  spec: { connection_type: "OPENAI", endpoint: "none" },
  status: { phase: "READY" },
});

/**
 * Exercises the code of a run during Lambda's init phase, which gets a full vCPU; a call gets a seventh of one at 256 MB.
 * Errors are ignored: the real run reports them.
 */
export async function warmUp(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  await Promise.allSettled([readConfiguration(env), dryRun()]);
}

async function readConfiguration(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  readConfig(configFileOf(env));
}

async function dryRun(): Promise<void> {
  const server = createServer((_, response) => response.end(RESPONSE)).listen({ port: 0, host: "127.0.0.1" });
  try {
    await once(server, "listening");
    const address = server.address();
    const endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;
    await run(
      configFor(endpoint),
      { kind: "direct", dryRun: true },
      {
        clock: systemClock,
        random: () => 0,
        deadlineAt: systemClock.now() + MAX_MS,
        redactor: new Redactor(),
        log: { bug: () => undefined, note: () => undefined },
        progress: () => undefined,
        secretsManager: {
          endpoint,
          region: "none",
          credentials: { accessKeyId: "none", secretAccessKey: "none" },
        },
      },
    );
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function configFor(restEndpoint: string) {
  const ids = { organizationId: "none", environmentId: "none", apiKeySecret: "none" };
  const file = {
    environments: { none: { ...ids, restEndpoint } },
    connections: [{ name: "none", type: "OPENAI", secret: "none" }],
  };
  return parseConfig(JSON.stringify(file), "warm-up");
}
