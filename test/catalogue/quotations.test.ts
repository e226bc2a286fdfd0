import { describe, expect, it } from "vitest";
import { deploy } from "../support/deployment.ts";
import { everythingOf, FORMS, leaksIn } from "../support/leaks.ts";
import { captureText } from "../support/output.ts";
import { startWorld, type World, type WorldOptions } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const KEY = 'sk-"marker\\7f3a/+ü?&=% 9c1d2e4b8a60';
const PREVIOUS = "sk-Previous-marker-0d4f6a8c2e91b753";
const HOUR_AGO = { createdAt: Date.parse("2026-03-21T09:00:00Z") };

const PEM_LINES = [
  "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
  "BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
  "MzEfYyjiWA4R4M2bS1GB4t7NXp98C3SC",
];

const SERVICE_ACCOUNT = JSON.stringify({
  type: "service_account",
  client_email: "rotator@project-1.iam.gserviceaccount.com",
  private_key: `-----BEGIN PRIVATE KEY-----\n${PEM_LINES.join("\n")}\n-----END PRIVATE KEY-----\n`,
});

interface Scenario extends Partial<WorldOptions> {
  readonly event?: unknown;
  readonly remainingMs?: number;
  readonly arrange?: (world: World) => void;
  readonly values?: readonly [previous: string, current: string];
}

/** The complete output of one run. */
async function seenOf({
  event = SCHEDULE,
  remainingMs,
  arrange,
  values = [PREVIOUS, KEY],
  ...options
}: Scenario) {
  const output = captureText("TRACE");
  const world = await startWorld({ connections: [{ name: "a", secret: "openai" }], ...options });
  for (const value of values) world.aws.putSecret("openai", value, HOUR_AGO);
  arrange?.(world);
  const result = await world.invoke(event, remainingMs).catch((error: unknown) => error);
  return [output(), everythingOf(world.aws.published()), everythingOf(result)].join("\n");
}

/** Runs that show a detail, each with a text that its output contains. */
const SHOWN: Readonly<Record<string, readonly [Scenario, said: RegExp]>> = {
  "in a remark next to READY": [{}, /"ready"/],
  "if a key is refused": [{ confluent: { accepts: [PREVIOUS] } }, /rejected/],
  "if a key is rolled back": [
    { confluent: { accepts: [PREVIOUS] }, config: { rollout: { onRejected: "rollback" } } },
    /rolled-back/,
  ],
  "if a connection does not become READY": [
    { confluent: { timeToReadyMs: 3_600_000 }, config: { timing: { readyTimeoutSeconds: 5 } } },
    /timeout/,
  ],
  "if the run times out": [{ confluent: { timeToReadyMs: 3_600_000 }, remainingMs: 60_000 }, /timeout/],
  "in a dry run": [{ event: { dryRun: true } }, /planned/],
};

const FORM_NAMES = Object.keys(FORMS);
const CASES = Object.keys(SHOWN).flatMap((name) => FORM_NAMES.map((form) => [name, form] as const));

describe("a service that quotes a key", () => {
  it.each(FORM_NAMES)("row 35: is detected by a search for any twelve characters of the %s form", (name) => {
    const form = FORMS[name]?.(PREVIOUS) ?? "";
    const sure = name.startsWith("base64") ? form.slice(4, -4) : form;
    for (let at = 0; at + 12 <= sure.length; at += 1) {
      expect(leaksIn(`… ${sure.slice(at, at + 12)} …`, [PREVIOUS])).not.toEqual([]);
      expect(leaksIn(`… ${sure.slice(at, at + 12).toLowerCase()} …`, [PREVIOUS])).not.toEqual([]);
    }
  });

  it.each(CASES)(
    "row 35: does not make a run reveal the previous one %s, in the form %s",
    async (name, form) => {
      const [scenario, said] = SHOWN[name] ?? [{}, /^/];
      const quoted = FORMS[form]?.(PREVIOUS) ?? "";
      const confluent = { ...scenario.confluent, detail: `It says ${quoted}, sorry.` };
      const seen = await seenOf({ ...scenario, confluent });
      expect(seen).toMatch(said);
      expect(seen).toContain("It says ");
      expect(seen).toContain(", sorry.");
      expect(leaksIn(seen, [PREVIOUS])).toEqual([]);
    },
  );

  it("row 35: does not make a run reveal the previous one in an error, a request id, a type or an endpoint", async () => {
    const headers = { "x-request-id": PREVIOUS };
    const fault = { kind: "status", status: 400, text: `It says ${PREVIOUS}.`, headers } as const;
    const seen = await seenOf({
      connections: ["a", "b"].map((name) => ({
        name,
        secret: "openai",
        endpoint: "https://other.example.com/",
      })),
      live: { type: `openai`, endpoint: `https://api.example.com/${PREVIOUS}/?key=${PREVIOUS}` },
      arrange: ({ confluent }) => confluent.fail({ method: "PUT", connection: "b", times: 9, fault }),
    });
    expect(seen).toContain("has the endpoint https://api.example.com/");
    expect(leaksIn(seen, [PREVIOUS])).toEqual([]);
  });

  it("row 35: has its texts withheld if the previous key cannot be read", async () => {
    const seen = await seenOf({
      event: { dryRun: true },
      confluent: { detail: `It says ${PREVIOUS}, sorry.` },
      arrange: ({ aws }) => {
        aws.fail({ secretId: "openai", times: 1 });
        aws.fail({ secretId: "openai", error: "AccessDeniedException" });
      },
    });
    expect(seen).toContain("[withheld]");
    expect(leaksIn(seen, [PREVIOUS])).toEqual([]);
  });

  const PARTS: Readonly<
    Record<string, readonly [values: readonly [string, string], type: string, quoted: string]>
  > = {
    "without its beginning": [[PREVIOUS, KEY], "OPENAI", KEY.slice(5)],
    "its second half": [[PREVIOUS, KEY], "OPENAI", KEY.slice(KEY.length / 2)],
    "its middle": [[PREVIOUS, KEY], "OPENAI", KEY.slice(9, -9)],
    "in lower case": [
      [PREVIOUS, PREVIOUS.replace("0d4f", "9BB7")],
      "OPENAI",
      PREVIOUS.replace("0d4f", "9BB7").toLowerCase(),
    ],
    "a PEM's body": [["{}", SERVICE_ACCOUNT], "VERTEXAI", PEM_LINES.join("")],
    "a PEM's line": [["{}", SERVICE_ACCOUNT], "VERTEXAI", PEM_LINES[1] ?? ""],
  };

  it.each(Object.keys(PARTS))("row 35: does not make a run reveal a part of it: %s", async (name) => {
    const [values, type, part] = PARTS[name] ?? [["", ""], "", ""];
    for (const form of FORM_NAMES) {
      const seen = await seenOf({
        values,
        connections: [{ name: "a", type, secret: "openai" }],
        confluent: { accepts: ["good"], detail: `It says ${FORMS[form]?.(part)}, sorry.` },
      });
      expect(seen).toContain("It says ");
      expect(leaksIn(seen, type === "VERTEXAI" ? PEM_LINES : [...values, part])).toEqual([]);
    }
  });

  it("row 35: does not make a run reveal a key at which a long text is cut", async () => {
    for (let before = 460; before < 505; before += 4) {
      const seen = await seenOf({ confluent: { detail: `${"x ".repeat(before / 2)}${KEY} ${PREVIOUS}` } });
      expect(seen).toContain("x x x x");
      expect(leaksIn(seen, [KEY, PREVIOUS])).toEqual([]);
    }
  });

  it("row 35: does not make the built function reveal any of it", async () => {
    const quoted = [PREVIOUS, KEY.slice(9), PREVIOUS.slice(12)].flatMap((text) =>
      Object.values(FORMS).map((form) => form(text)),
    );
    const { aws, invoke } = await deploy({ key: PREVIOUS, detail: `It says ${quoted.join(" ")}.` });
    aws.putSecret("openai", KEY, { createdAt: Date.now() - 3_600_000 });
    const runs = [await invoke({ dryRun: true }), await invoke(SCHEDULE)];
    const seen = everythingOf([runs, aws.published()]);
    expect(seen).toContain("It says [redacted]");
    expect(leaksIn(seen, [KEY, PREVIOUS])).toEqual([]);
    expect(leaksIn(runs.map(({ printed }) => printed).join(""), [KEY, PREVIOUS])).toEqual([]);
  });
});
