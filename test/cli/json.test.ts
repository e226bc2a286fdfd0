import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/context.ts";
import { outcomeSchema } from "../../src/rotation/report/schema.ts";
import { helpTexts } from "../support/help.ts";
import { type Operator, startOperator } from "../support/operator.ts";

const GUIDE = readFileSync("docs/cli.md", "utf8");
const EVENTS = readFileSync("docs/events.md", "utf8");

/** The fields of the table in the guide, each with the commands that have it. */
const VOCABULARY = new Map(
  [...GUIDE.matchAll(/^\| `(\w+)` \|.*\| (.*) \|$/gm)].map(([, field = "", commands = ""]) => [
    field,
    commands,
  ]),
);

/** Every kind of problem at once. */
async function startTroubled(): Promise<Operator> {
  const operator = await startOperator({
    connections: ["a", "b", "c"].map((name) => ({ name, secret: name === "c" ? "other" : "openai" })),
    missing: ["b"],
    config: { propagationLabel: "FLINK_READY" },
    confluent: { accepts: ["sk-old-enough-to-be-judged"] },
  });
  operator.aws.putSecret("other", "sk-refused-by-its-provider", { createdAt: Date.now() + 60_000 });
  const stray = { name: "stray", type: "OPENAI", endpoint: "https://api.example.com/v1", data: {} };
  operator.confluent.addConnection("env-1", stray);
  return operator;
}

/** The field names of an object and of the entries in its lists. */
function fieldsOf(value: unknown): string[] {
  const entries = Object.entries(typeof value === "object" && value !== null ? value : {});
  return entries.flatMap(([name, inside]) => [
    name,
    ...(Array.isArray(inside) ? inside.flatMap(fieldsOf) : []),
  ]);
}

describe("the JSON of a command", () => {
  it.each(["status", "check"])("has only documented fields: %s", async (command) => {
    const { run } = await startTroubled();
    const fields = new Set(fieldsOf(JSON.parse((await run([command, "--json"])).out)));
    const undocumented = [...fields].filter(
      (field) => !new RegExp(`all|\`${command}\``).test(VOCABULARY.get(field) ?? ""),
    );
    expect(undocumented).toEqual([]);
    expect(fields.size).toBeGreaterThan(8);
  });

  it("has only fields of the report or documented ones: rotate", async () => {
    const { run } = await startTroubled();
    const fields = new Set(fieldsOf(JSON.parse((await run(["rotate", "--json"])).out)));
    const documented = (field: string) =>
      VOCABULARY.has(field) || EVENTS.includes(`\`${field}\``) || EVENTS.includes(`"${field}"`);
    expect([...fields].filter((field) => !documented(field))).toEqual([]);
  });

  it.each(Object.keys(outcomeSchema.def.innerType.shape))("the report's field %s is documented", (field) => {
    expect(VOCABULARY.has(field) || EVENTS.includes(`\`${field}\``)).toBe(true);
  });

  it("has the same values for a connection in status and rotate", async () => {
    const { run } = await startTroubled();
    const entry = async (command: string) =>
      JSON.parse((await run([command, "b", "--json"])).out).connections[0];
    const [status, rotate] = [await entry("status"), await entry("rotate")];
    for (const field of [
      "name",
      "environment",
      "type",
      "secret",
      "secretVersionId",
      "errorClass",
      "message",
      "nextStep",
    ])
      expect(status[field], field).toBe(rotate[field]);
  });

  it("counts every connection", async () => {
    const { run } = await startTroubled();
    const { counts, connections } = JSON.parse((await run(["status", "--json"])).out);
    expect(counts).toEqual({ unhealthy: 1, unknown: 0, stale: 1, pending: 0, healthy: 1 });
    expect(connections).toHaveLength(3);
  });
});

describe("exit codes", () => {
  it.each(Object.values(EXIT))("%i is in the help and in the guide", (code) => {
    expect(helpTexts().get("")).toMatch(new RegExp(`^ {2}${code} +\\w`, "m"));
    expect(GUIDE).toMatch(new RegExp(`^\\| ${code} \\| \\w`, "m"));
  });

  it("are as documented", async () => {
    const { run } = await startTroubled();
    const codes = await Promise.all([
      run(["status", "a", "--json"]),
      run(["status", "b", "--json"]),
      run(["rotate", "d", "--json"]),
      run(["rotate", "--json"], { answer: () => "no" }),
    ]);
    expect(
      codes.map(({ code, out }) => [code, JSON.parse(out).outcome ?? JSON.parse(out).error.class]),
    ).toEqual([
      [EXIT.ok, "succeeded"],
      [EXIT.failed, "failed"],
      [EXIT.usage, "usage"],
      [EXIT.interrupted, "interrupted"],
    ]);
    const silent = await startOperator({
      connections: [{ name: "a", secret: "openai" }],
      confluent: { phases: { ready: "" } },
      config: { verification: { require: "ready" } },
    });
    const { code, out } = await silent.run(["rotate", "--json"]);
    expect([code, JSON.parse(out).outcome]).toEqual([EXIT.unverified, "unverified"]);
  });
});
