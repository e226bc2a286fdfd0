import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { setFlagsFromString } from "node:v8";
import { type Config, configFileOf, readConfig } from "../config/load.ts";
import { systemClock } from "../rotation/clock.ts";
import { Redactor } from "../rotation/redact.ts";
import type { Report } from "../rotation/report/report.ts";
import { run } from "../run.ts";

/** How long the start may take longer for a rehearsal to which nobody answers, in milliseconds. */
const PATIENCE_MS = 1_000;
const NAMES = ["first", "second"];
const NOBODY = { accessKeyId: "none", secretAccessKey: "none" };

/**
 * Does once, to no end, what every run does: Lambda starts a function with a whole processor, of which its memory setting
 * leaves it a part once it is called. What fails here fails again in the run, which says so.
 */
export async function warmUp(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  await Promise.allSettled([Promise.try(readConfig, configFileOf(env)), warmUpRun()]);
  limitYoungGeneration();
}

/** V8 doubles its space for young objects again and again as a run goes on; what the rehearsal needed is enough for any. */
function limitYoungGeneration(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

/** A dry run over two connections that do not exist, by way of a server on loopback that has one answer for everything. */
export async function warmUpRun(): Promise<Report> {
  const server = createServer((socket) => {
    socket.once("data", () => socket.end(ANSWER)).on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { report } = await run(configFor(server), EVERYTHING, {
      clock: systemClock,
      random: () => 0,
      deadlineAt: systemClock.now() + PATIENCE_MS,
      redactor: new Redactor(),
      log: { bug: () => undefined, note: () => undefined },
      progress: () => undefined,
      secretsManager: { endpoint: urlOf(server), region: "none", credentials: NOBODY },
    });
    return report;
  } finally {
    server.close();
  }
}

const EVERYTHING = { kind: "direct", dryRun: true } as const;

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The rehearsal's server has no port.");
  return `http://127.0.0.1:${address.port}`;
}

function configFor(server: Server): Config {
  const ids = { name: "none", organizationId: "none", environmentId: "none", apiKeySecret: "none" };
  return {
    environments: new Map([["none", { ...ids, restEndpoint: urlOf(server) }]]),
    connections: NAMES.map((name) => ({
      name,
      environment: "none",
      type: "OPENAI",
      secret: "none",
      credentials: { kind: "options", values: {} },
      canary: false,
    })),
    rollout: { canary: true, onRejected: "keep" },
    timing: { readyTimeoutSeconds: 1, graceSeconds: 0, confirmSeconds: 0 },
    verification: { require: "auto" },
    refresh: "always",
  };
}

const BODY = JSON.stringify({
  // For the SDK,
  SecretString: JSON.stringify({ apiKey: "none", apiSecret: "none" }),
  VersionId: "none",
  VersionStages: ["AWSCURRENT"],
  CreatedDate: 0,
  // and for the client of the connections API.
  data: NAMES.map((name) => ({
    name,
    spec: { connection_type: "OPENAI", endpoint: "none" },
    status: { phase: "READY" },
  })),
  metadata: {},
});
const ANSWER = `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;
