import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import type { DemoSandbox } from "../../src/sandbox/demo/environment.ts";
import { commandLinesOf, npmScriptsOf } from "../docs/command-lines.ts";
import { startCli } from "../support/child.ts";
import { startDemo } from "../support/demo.ts";

const DOCUMENTS = globSync("{*.md,{.github,docs,infra}/**/*.md}");
const LINES = [
  ...new Set(DOCUMENTS.flatMap((document) => commandLinesOf(readFileSync(document, "utf8")))),
].sort();

/** Commands that can be run without arguments. For other commands without arguments, the help is shown. */
const NEED_NOTHING = new Set(["status", "check", "rotate", "invoke", "explain"]);

/** Placeholders and names in the documents, and their values in the sandbox. */
const STAND_INS: readonly (readonly [RegExp, string])[] = [
  [/\b(NAME|CONNECTION|my-openai-connection)\b/g, "support-openai"],
  [/\bCLASS\b/g, "rejected"],
  [/\bWORD\b/g, "stale"],
];

/** Lines that this test cannot run, each with the reason. */
const NOT_RUN: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^init /, "asks questions; its own tests answer them"],
  [/^discover /, "writes a file; examples.test.ts runs such lines"],
  [/^template /, "builds templates with the CDK; its own tests do"],
  [/^alert /, "needs a deployed function with a topic; its own tests have one"],
  [/^sandbox /, "runs until Ctrl-C; examples.test.ts starts and ends it"],
];

let world: DemoSandbox;
let folder: string;

beforeAll(async () => {
  world = await startDemo(0);
  folder = mkdtempSync(join(tmpdir(), "rotator-"));
});

afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

function argsOf(line: string): string[] {
  const named = STAND_INS.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), line);
  const args = named.split(" ");
  if (args.length === 1 && !NEED_NOTHING.has(named)) return [...args, "--help"];
  return args[0] === "probe" && !args.includes("--seconds") ? [...args, "--seconds", "1"] : args;
}

function isRun(line: string): boolean {
  return !NOT_RUN.some(([pattern]) => pattern.test(line));
}

describe("every documented command line", () => {
  it("is found", () =>
    expect(LINES).toEqual(expect.arrayContaining(["status", "rotate --secret prod/openai"])));

  it.each(LINES.filter(isRun))("works: %s", async (line) => {
    const { child, ended } = startCli(argsOf(line), world.env, folder);
    // Before it sends an invalid key, probe asks for the name of the connection.
    child.stdin.end("support-openai\n");
    const { code, stdout, stderr } = await ended;
    expect([0, 1, 3], stderr).toContain(code);
    expect(stderr).not.toMatch(/^(Error|Unexpected error):/m);
    expect(stdout).not.toBe("");
  });
});

describe("every documented npm script", () => {
  it.each(DOCUMENTS)("exists: those of %s", (document) => {
    const scripts = npmScriptsOf(readFileSync(document, "utf8"));
    expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(scripts));
  });
});
