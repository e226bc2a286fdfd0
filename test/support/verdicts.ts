import type { Report } from "../../src/rotation/report/report.ts";
import type { Settings } from "../../src/sandbox/confluent/settings.ts";
import { API_KEY, startWorld, type World, type WorldOptions } from "./world.ts";

const HOUR_MS = 3_600_000;

/** A key that the connections accept, and one that they refuse. */
export const GOOD_KEY = "good-key";
export const BAD_KEY = "bad-key";

/** `count` connections of one secret. */
export function connectionsOf(secret: string, count: number): { name: string; secret: string }[] {
  return Array.from({ length: count }, (_, index) => ({ name: `${secret}-${index + 1}`, secret }));
}

export interface VerdictOptions extends Partial<Omit<WorldOptions, "confluent">> {
  readonly settings: Partial<Settings>;
  readonly key: string;
  readonly count?: number;
  /** The age of the key when the run starts. A key of a few minutes has a grace period. */
  readonly keyAgeMs?: number;
}

/** Connections of one secret with a new key, and a service that reports on keys according to the settings. */
export async function startVerdicts({
  settings,
  key,
  count = 3,
  keyAgeMs = HOUR_MS,
  ...options
}: VerdictOptions): Promise<World> {
  const world = await startWorld({
    connections: connectionsOf("openai", count),
    confluent: { accepts: [GOOD_KEY], ...settings },
    ...options,
  });
  world.aws.putSecret("openai", key, { createdAt: world.clock.now() - keyAgeMs });
  return world;
}

/** The result of a successful or failed run. */
export interface Judged {
  readonly counts: Report["counts"];
  readonly connections: Report["connections"];
  /** The number of connections that hold the key. */
  readonly holders: number;
  /** GET and LIST requests after the first PUT. */
  readonly reads: number;
  readonly seconds: number;
  readonly alerts: number;
}

/** Executes one scheduled run and inspects the result. */
export async function judge(world: World, key: string, remainingMs?: number): Promise<Judged> {
  const startedAt = world.clock.now();
  const alertsBefore = world.aws.published().length;
  const requestsBefore = world.confluent.requests.length;
  const returned = await world.invoke({ trigger: "schedule" }, remainingMs).catch(() => undefined);
  const published = world.aws.published().slice(alertsBefore);
  const report: Report = returned ?? JSON.parse(JSON.parse(published[0]?.message ?? "{}").https);
  const requests = world.confluent.requests.slice(requestsBefore);
  const firstPut = requests.findIndex(({ method }) => method === "PUT");
  const afterPut = firstPut < 0 ? [] : requests.slice(firstPut);
  const existing = report.connections.filter(({ errorClass }) => errorClass !== "not-found");
  return {
    counts: report.counts,
    connections: report.connections,
    holders: existing.filter(({ name }) => world.held(name)["API_KEY"] === key).length,
    reads: afterPut.filter(({ method }) => method === "GET").length,
    seconds: (world.clock.now() - startedAt) / 1_000,
    alerts: published.length,
  };
}

/** Sends a key as another client of the API does. */
export async function putByAnotherClient(world: World, name: string, key: string): Promise<void> {
  const { type, endpoint } = world.confluent.connection(name);
  const path = `/sql/v1/organizations/org-1/environments/env-1/connections/${name}`;
  const authData = { kind: "PlaintextProvider", data: JSON.stringify({ API_KEY: key }) };
  const response = await fetch(`${world.confluent.url}${path}`, {
    method: "PUT",
    headers: {
      authorization: `Basic ${btoa(`${API_KEY.key}:${API_KEY.secret}`)}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ name, spec: { connection_type: type, endpoint, auth_data: authData } }),
  });
  if (!response.ok) throw new Error(`The sandbox answered ${response.status}.`);
}
