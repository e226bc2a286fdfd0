import { describe, expect, it } from "vitest";
import { createHandler } from "../../src/handler.ts";
import { everythingOf, FORMS, leaksIn } from "../support/leaks.ts";
import { captureText } from "../support/output.ts";
import { API_KEY, startWorld, type World, type WorldOptions } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const KEY = 'sk-"marker\\7f3a/+ü?&=% 9c1d2e4b8a60';
const NESTED = 'nested "marker\\5b2e/+ö?&=% 71c9d3f0a846';
const PREVIOUS = "sk-previous-marker-0d4f6a8c2e91b753";
const BASIC = Buffer.from(`${API_KEY.key}:${API_KEY.secret}`).toString("base64");
const MARKERS = [KEY, NESTED, PREVIOUS, API_KEY.key, API_KEY.secret, BASIC];
const HOUR_AGO = { createdAt: Date.parse("2026-03-21T09:00:00Z") };

interface Scenario extends Partial<WorldOptions> {
  readonly arrange?: (world: World) => void;
  readonly value?: string | Uint8Array;
  readonly remainingMs?: number;
  readonly event?: unknown;
}

async function leaksOf(
  { arrange, value = KEY, remainingMs, event = SCHEDULE, ...options }: Scenario,
  level: string,
) {
  const output = captureText(level);
  const world = await startWorld({ connections: [{ name: "a", secret: "openai" }], ...options });
  world.aws.putSecret("openai", PREVIOUS, HOUR_AGO);
  world.aws.putSecret("openai", value, HOUR_AGO);
  arrange?.(world);
  const result = await world.invoke(event, remainingMs).catch((error: unknown) => error);
  const seen = [output(), everythingOf(world.aws.published()), everythingOf(result)].join("\n");
  expect(output()).toMatch(/"code":"(RUN_STARTED|NOT_STARTED)"/);
  const isDryRun = seen.includes('"dryRun":true');
  if (seen.includes("RUN_ENDED") && !isDryRun) expect(output()).toContain('"CloudWatchMetrics"');
  return { seen, leaks: leaksIn(seen, MARKERS) };
}

/** The parts of a request that a server or proxy may quote: the new key, the data around it, and the authentication. */
const QUOTABLE = {
  "the key": KEY,
  "auth_data.data": JSON.stringify({ API_KEY: KEY, AUTH_TYPE: "API_KEY" }),
  "the rotator's API key": `${API_KEY.key}:${API_KEY.secret}`,
  "the Authorization header": `Basic ${BASIC}`,
};

/** A key is already escaped once in the data, and at most three times in total. */
const { "JSON-escaped three times": _, ...SHALLOW_FORMS } = FORMS;

const QUOTES = Object.entries(QUOTABLE).flatMap(([what, text]) =>
  Object.entries(what === "auth_data.data" ? SHALLOW_FORMS : FORMS).map(
    ([name, form]) => [what, name, form(text)] as const,
  ),
);

const ROLLBACK = { config: { rollout: { onRejected: "rollback" } } };

/** The failures of the catalogue, with servers that quote as much as possible. */
const FAILURES: Readonly<Record<string, Scenario>> = {
  "a key that is refused": { confluent: { accepts: ["good"] } },
  "a key that is rolled back": { confluent: { accepts: [PREVIOUS] }, ...ROLLBACK },
  "a rollback that fails": { confluent: { accepts: ["good"] }, ...ROLLBACK },
  "a PUT that is refused": status("PUT", 400),
  "a PUT that fails": status("PUT", 500),
  "a persistent conflict": status("PUT", 409),
  "a read that fails": status("GET", 500),
  "the rotator's Confluent API key refused": status("GET", 401),
  "the rotator's Confluent API key without the role": status("PUT", 403),
  "a response that stops halfway": {
    arrange: (world) => world.confluent.fail({ times: 99, fault: { kind: "stall" } }),
  },
  "a connection that is reset": {
    arrange: (world) => world.confluent.fail({ times: 99, fault: { kind: "reset" } }),
  },
  "a host that does not exist": { restEndpoint: "http://127.0.0.1:1" },
  "a connection that is missing": { missing: ["a"] },
  "another type": { live: { type: "ANTHROPIC" } },
  "another endpoint": { live: { endpoint: `https://api.example.com/?key=${KEY}` }, ...endpoint() },
  "time that runs out": { confluent: { timeToReadyMs: 3_600_000 }, remainingMs: 30_000 },
  "invalid JSON": { value: `{"api-key": "${KEY}` },
  "a binary secret": { value: Buffer.from(KEY) },
  "a field that is missing": { value: JSON.stringify({ other: KEY }), ...fields("api-key") },
  "a field that is an object": { value: JSON.stringify({ x: { y: KEY } }), ...fields("x") },
  "spellings that disagree": { value: JSON.stringify({ apiKey: KEY, "api-key": PREVIOUS }) },
  "a key that is too long": { value: KEY.repeat(150) },
  "an unreadable Confluent API key": {
    arrange: (world) => world.aws.putSecret("confluent/key", `{"apiKey":"${API_KEY.key}"`),
  },
  "a refusal by Secrets Manager": {
    arrange: (world) => world.aws.fail({ secretId: "openai", error: "DecryptionFailure", message: KEY }),
  },
  "a refusal by the topic": {
    confluent: { accepts: ["good"] },
    arrange: (world) =>
      world.aws.fail({ operation: "Publish", error: "KMSAccessDenied", message: `${KEY} ${BASIC}` }),
  },
  "an invalid configuration": { config: { refesh: "always" } },
  "a dry run": { event: { dryRun: true } },
  "a successful run": {},
};

function status(method: "GET" | "PUT", status: number): Scenario {
  const text = Object.values(QUOTABLE).join(" ");
  const headers = { "x-request-id": encodeURIComponent(KEY), "retry-after": BASIC };
  return {
    arrange: ({ confluent }) =>
      confluent.fail({ method, times: 99, fault: { kind: "status", status, text, headers } }),
  };
}

function fields(key: string): Partial<Scenario> {
  return { connections: [{ name: "a", secret: "openai", fields: { "api-key": key } }] };
}

function endpoint(): Partial<Scenario> {
  return { connections: [{ name: "a", secret: "openai", endpoint: "https://other.example.com" }] };
}

describe("the search for secrets in everything that leaves the process", () => {
  it.each(Object.entries(FORMS))("row 15: recognizes the %s form", (_, form) => {
    for (const marker of MARKERS) expect(leaksIn(`… ${form(`x${marker}y`)} …`, [marker])).not.toEqual([]);
  });

  it.each(Object.keys(FAILURES).flatMap((name) => [[name, "DEBUG"] as const, [name, "TRACE"] as const]))(
    "row 15: finds none after %s, with the log at %s",
    async (name, level) => {
      expect((await leaksOf(FAILURES[name] ?? {}, level)).leaks).toEqual([]);
    },
  );

  it.each(QUOTES)("row 15: finds none if a detail quotes %s, %s", async (_, __, quote) => {
    const { seen, leaks } = await leaksOf(
      { confluent: { accepts: [PREVIOUS], detail: `It says ${quote}.` }, ...ROLLBACK },
      "TRACE",
    );
    expect(leaks).toEqual([]);
    expect(seen).toContain("It says ");
  });

  it.each(QUOTES)(
    "row 15: finds none if an error, a phase and a request id quote %s, %s",
    async (_, __, quote) => {
      const headers = { "x-request-id": encodeURI(quote) };
      const fault = { kind: "status", status: 400, text: `It says ${quote}.`, headers } as const;
      const { seen, leaks } = await leaksOf(
        {
          connections: ["a", "b"].map((name) => ({ name, secret: "openai" })),
          confluent: { phases: { ready: quote } },
          config: { rollout: { canary: false }, timing: { readyTimeoutSeconds: 1 } },
          arrange: ({ confluent }) => confluent.fail({ method: "PUT", connection: "a", times: 2, fault }),
        },
        "TRACE",
      );
      expect(leaks).toEqual([]);
      expect(seen).toContain("It says ");
    },
  );

  it("row 15: finds none if a server quotes a key from any depth of a JSON secret", async () => {
    const value = JSON.stringify({ "api-key": KEY, more: [{ deep: NESTED }] });
    const { leaks } = await leaksOf({ value, confluent: { accepts: ["good"], detail: NESTED } }, "TRACE");
    expect(leaks).toEqual([]);
  });

  it("row 15: finds none if an unexpected error quotes a key in its message, stack, cause and properties", async () => {
    const output = captureText("TRACE");
    const world = await startWorld({ connections: [{ name: "a", secret: "openai" }] });
    world.aws.putSecret("openai", KEY);
    world.confluent.fail({ method: "GET", times: 9, fault: { kind: "status", status: 503 } });
    const random = (): number => {
      throw Object.assign(new Error(`A bug with ${KEY}`, { cause: new Error(BASIC) }), { body: NESTED });
    };
    const handler = createHandler({ env: world.env, clock: world.clock, random });
    const invocation = { functionName: "rotator", getRemainingTimeInMillis: () => 900_000 };
    const result = await handler(SCHEDULE, invocation).catch((error: unknown) => error);
    const seen = [output(), everythingOf(world.aws.published()), everythingOf(result)].join("\n");
    expect(leaksIn(seen, MARKERS)).toEqual([]);
    expect(output()).toContain('"code":"BUG"');
  });
});
