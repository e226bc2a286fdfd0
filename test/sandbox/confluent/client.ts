import { type Dispatcher, request } from "undici";
import { onTestFinished } from "vitest";
import * as z from "zod";
import type { Clock } from "../../../src/rotation/clock.ts";
import type { NewConnection } from "../../../src/sandbox/confluent/connection.ts";
import {
  type ConfluentOptions,
  type ConfluentSandbox,
  startConfluent,
} from "../../../src/sandbox/confluent/server.ts";

export const START = Date.UTC(2026, 0, 1);
export const COLLECTION = "/sql/v1/organizations/org-1/environments/env-1/connections";
export const API_KEY = { key: "flink-key", secret: "flink-secret" };

export interface ManualClock extends Clock {
  readonly advance: (ms: number) => void;
}

function manualClock(): ManualClock {
  let now = START;
  const advance = (ms: number) => {
    now += ms;
  };
  return { now: () => now, advance, sleep: async (ms) => advance(ms) };
}

export function connection(changes: Partial<NewConnection> = {}): NewConnection {
  const endpoint = "https://api.openai.com/v1/chat/completions";
  return { name: "openai", type: "OPENAI", endpoint, data: { API_KEY: "old" }, ...changes };
}

/** A sandbox with one environment and the given connections, and its clock. */
export async function sandboxWith(
  options: ConfluentOptions = {},
  ...connections: readonly NewConnection[]
): Promise<{ sandbox: ConfluentSandbox; clock: ManualClock }> {
  const clock = manualClock();
  const sandbox = await startConfluent({ clock, ...options });
  onTestFinished(() => sandbox.close());
  sandbox.addEnvironment({ organizationId: "org-1", environmentId: "env-1", apiKeys: [API_KEY] });
  for (const added of connections) sandbox.addConnection("env-1", added);
  return { sandbox, clock };
}

const Shown = z.looseObject({
  metadata: z.looseObject({
    self: z.string(),
    resource_version: z.string().optional(),
    updated_at: z.string().optional(),
  }),
  name: z.string(),
  spec: z.looseObject({ auth_data: z.object({ kind: z.string(), data: z.string() }) }),
  status: z.object({ phase: z.string(), detail: z.string() }).optional(),
});

const Listed = z.looseObject({
  metadata: z.looseObject({ next: z.string().nullish() }),
  data: z.array(Shown),
});

export interface Received {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

type Sent = Partial<Pick<Dispatcher.RequestOptions, "method" | "headers" | "body" | "signal">>;

/** Calls the sandbox as a client with a valid key does. */
export async function call(sandbox: ConfluentSandbox, path: string, sent: Sent = {}): Promise<Received> {
  const { body, headers, statusCode } = await request(`${sandbox.url}${path}`, {
    headers: { authorization: basic(API_KEY), "content-type": "application/json" },
    ...sent,
  });
  return { status: statusCode, headers, text: await body.text() };
}

export function get(sandbox: ConfluentSandbox, name = "openai"): Promise<Received> {
  return call(sandbox, `${COLLECTION}/${encodeURIComponent(name)}`);
}

export async function shown(sandbox: ConfluentSandbox, name = "openai"): Promise<z.infer<typeof Shown>> {
  return Shown.parse(JSON.parse((await get(sandbox, name)).text));
}

export async function listed(sandbox: ConfluentSandbox, query = ""): Promise<z.infer<typeof Listed>> {
  return Listed.parse(JSON.parse((await call(sandbox, `${COLLECTION}${query}`)).text));
}

/** Sends a valid PUT for `connection()`, with changes. */
export function put(sandbox: ConfluentSandbox, apiKey: string, changes: object = {}): Promise<Received> {
  return call(sandbox, `${COLLECTION}/openai`, { method: "PUT", body: putBody(apiKey, changes) });
}

export function putBody(apiKey: string, changes: object = {}): string {
  const { name, type, endpoint } = connection();
  const auth_data = { kind: "PlaintextProvider", data: JSON.stringify({ API_KEY: apiKey }) };
  return JSON.stringify({ name, spec: { connection_type: type, endpoint, auth_data }, ...changes });
}

export function basic({ key, secret }: { key: string; secret: string }): string {
  return `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;
}
