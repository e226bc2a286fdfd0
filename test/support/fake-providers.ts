import type { Connection } from "../../src/rotation/connection.ts";
import type { RotationSettings, RunContext } from "../../src/rotation/dependencies.ts";
import { plan } from "../../src/rotation/plan.ts";
import type { KeyAnswer, KeyQuestion } from "../../src/rotation/provider-check.ts";
import { rotate } from "../../src/rotation/rotate.ts";
import { StatementRecorder } from "../../src/rotation/statements/recorder.ts";
import { connection, HOUR_MS, NOW } from "./builders.ts";
import type { FakeConnectionOptions } from "./fake-connection.ts";
import { fakeWorld } from "./fake-world.ts";
import { untrusted } from "./untrusted.ts";

export const VALID: KeyAnswer = { verdict: "valid", host: "api.openai.com" };
export const REFUSED: KeyAnswer = {
  verdict: "refused",
  host: "api.openai.com",
  code: "HTTP 401, invalid_api_key",
  words: untrusted("Incorrect API key provided."),
};
export const UNKNOWN: KeyAnswer = { verdict: "unknown", host: "api.openai.com", reason: "HTTP 429" };

export interface ProviderRunOptions {
  readonly connections: Readonly<Record<string, Partial<Connection>>>;
  readonly live?: FakeConnectionOptions;
  /** Live endpoints that are not in connections.json. */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** The provider's answer about a key, `seconds` after the start. */
  readonly answer: (key: string, seconds: number, question: KeyQuestion) => KeyAnswer;
  /** The values of v1 and v2, if they differ from the names. */
  readonly value?: string;
  readonly newerValue?: string;
  /** The age of the version at the start; an hour by default. */
  readonly ageMs?: number;
  /** When v2 becomes current, since the start. */
  readonly newerAfterMs?: number;
  readonly settings?: Partial<RotationSettings>;
  readonly context?: Partial<RunContext>;
}

/** A run over connections of one secret, with these answers of the provider about its keys. */
export async function runWithProvider(options: ProviderRunOptions) {
  const world = fakeWorld();
  const { context, confluent, secrets, clock } = world;
  secrets.add("openai", { versionId: "v0", value: "v0", at: NOW - 2 * HOUR_MS });
  secrets.add("openai", {
    versionId: "v1",
    value: options.value ?? "v1",
    at: NOW - (options.ageMs ?? HOUR_MS),
  });
  if (options.newerAfterMs !== undefined)
    secrets.add("openai", {
      versionId: "v2",
      value: options.newerValue ?? "v2",
      at: NOW + options.newerAfterMs,
    });
  const asked: string[] = [];
  const ask = async (question: KeyQuestion): Promise<KeyAnswer> => {
    const key: string = JSON.parse(question.data.reveal())["API_KEY"];
    const seconds = (clock.now() - NOW) / 1_000;
    asked.push(`${question.connection.type} ${key} ${seconds}`);
    return options.answer(key, seconds, question);
  };
  const connections = Object.entries(options.connections).map(([name, overrides]) =>
    connection({ name, secret: "openai", ...overrides }),
  );
  for (const { name, type, endpoint = options.endpoints?.[name] } of connections)
    confluent.add(name, { ...options.live, type, ...(endpoint && { endpoint }) });
  const settings = { ...context.settings, ...options.settings };
  const trigger = { kind: "schedule" } as const;
  const outcomes = await rotate(
    { ...context, providers: { ask }, ...options.context, settings },
    plan(options.context?.trigger ?? trigger, connections),
    new StatementRecorder(),
  );
  const puts = confluent.requests.flatMap(({ method, name, data }) =>
    method === "PUT" ? [`${name} ${data?.["API_KEY"]}`] : [],
  );
  return { ...world, outcomes, asked, puts };
}
