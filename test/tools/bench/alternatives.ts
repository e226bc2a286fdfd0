import { execFile, spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import * as bench from "./scenario.ts";
import { reportUsage } from "./usage.ts";

const GIVE_UP_MS = 60_000;
const CURL_POLL_MS = 1_000;
const NAIVE_POLL_MS = 5_000;
const CURLS_AT_ONCE = 100;

type Send = (method: string, name: string) => Promise<string>;

const [confluentUrl = "", way = "", count = 0] = JSON.parse(process.argv[2] ?? "[]");
const collection = `${confluentUrl}/sql/v1/organizations/${bench.ORGANIZATION_ID}/environments/${bench.ENVIRONMENT_ID}/connections`;
const names = bench.connectionNames(count);
const { key, secret } = bench.API_KEY;

const shell = spawnSync("curl", ["--version"]).error ? viaFetch : curl;

const WAYS: Readonly<Record<string, () => Promise<unknown>>> = {
  "curl loop": () => inTurns(names, 1, (name) => rotate(shell, name, CURL_POLL_MS)),
  "curl, 100 at once": () => inTurns(names, CURLS_AT_ONCE, (name) => rotate(shell, name, CURL_POLL_MS)),
  "Promise.all, 5 s poll": () => Promise.all(names.map((name) => rotate(viaFetch, name, NAIVE_POLL_MS))),
};

await reportUsage(async () => {
  await WAYS[way]?.();
  return "done";
});

/** As in Confluent's documentation: PUT, then GET until READY. A refused PUT is not repeated. */
async function rotate(send: Send, name: string, pollMs: number): Promise<void> {
  const untilAt = Date.now() + GIVE_UP_MS;
  if (!(await send("PUT", name)).includes(name)) return;
  while (!(await send("GET", name)).includes('"READY"') && Date.now() < untilAt) await sleep(pollMs);
}

async function inTurns(
  items: readonly string[],
  atOnce: number,
  work: (item: string) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function curl(method: string, name: string): Promise<string> {
  const body =
    method === "PUT" ? ["--header", "content-type: application/json", "--data", putBody(name)] : [];
  const options = ["--silent", "--user", `${key}:${secret}`, "--request", method, ...body];
  return (await promisify(execFile)("curl", [...options, `${collection}/${name}`])).stdout;
}

async function viaFetch(method: string, name: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;
  const body = method === "PUT" ? putBody(name) : null;
  const headers = { authorization, "content-type": "application/json" };
  return (await fetch(`${collection}/${name}`, { method, headers, body })).text();
}

function putBody(name: string): string {
  const data = JSON.stringify({ API_KEY: bench.NEW_KEY, AUTH_TYPE: "API_KEY" });
  const auth_data = { kind: "PlaintextProvider", data };
  return JSON.stringify({ name, spec: { connection_type: "OPENAI", endpoint: bench.ENDPOINT, auth_data } });
}
