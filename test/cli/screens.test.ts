import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DemoSandbox } from "../../src/sandbox/demo/environment.ts";
import { runCli } from "../support/child.ts";
import { startDemo } from "../support/demo.ts";
import { helpTexts } from "../support/help.ts";
import { HAS_PTY, runInPty } from "../support/pty.ts";

const WIDTHS = [120, 80, 60];

const LINES = [
  "rotate support-openai catalog-elastic",
  "status",
  "check",
  "invoke --dry-run",
  "explain rejected",
  "probe support-openai --seconds 0.2 --bad-key --yes",
];

let world: DemoSandbox;

beforeAll(async () => {
  world = await startDemo(200);
  world.aws.putSecret("prod/openai", '{"OPENAI_API_KEY":"sk-revoked-7f3a9c1d2e4b"}');
});

afterAll(() => world.close());

/** Lines that are too long, except single words and command lines to copy. */
function tooLong(screen: string, columns: number): string[] {
  return stripVTControlCharacters(screen)
    .split("\n")
    .filter(
      (line) =>
        stringWidth(line) > columns && /\S\s\S/.test(line) && !/^ +flink-connection-rotator /.test(line),
    );
}

describe.skipIf(!HAS_PTY).each(WIDTHS)(
  "a terminal of %i columns (skipped without the tool script)",
  (columns) => {
    it.each([...helpTexts(columns)])("fits the help of %s", (_name, help) => {
      expect(tooLong(help, columns)).toEqual([]);
    });

    it.each(LINES)("fits: %s", async (line) => {
      const { screen } = await runInPty(line.split(" "), { columns, env: world.env });
      expect(tooLong(screen, columns)).toEqual([]);
      expect(screen).not.toBe("");
    });
  },
);

describe.skipIf(!HAS_PTY)("a terminal (skipped without the tool script)", () => {
  it("shows colours unless NO_COLOR is set", async () => {
    const coloured = await runInPty(["status"], { columns: 80, env: world.env });
    expect(coloured.screen).toContain("\x1b[3");
    const plain = await runInPty(["status"], { columns: 80, env: { ...world.env, NO_COLOR: "1" } });
    expect(plain.screen).not.toContain("\x1b[3");
    expect(plain.screen).toContain("healthy");
  });

  it.each(["rotate support-openai", "status", "check"])(
    "that is dumb receives no control characters: %s",
    async (line) => {
      const { screen } = await runInPty(line.split(" "), {
        columns: 80,
        env: { ...world.env, TERM: "dumb" },
      });
      expect(screen).not.toContain("\x1b");
      expect(tooLong(screen, 80)).toEqual([]);
    },
  );

  it.each(LINES)("in a C locale receives only ASCII: %s", async (line) => {
    const { screen } = await runInPty(line.split(" "), { columns: 80, env: { ...world.env, LC_ALL: "C" } });
    expect(screen).not.toBe("");
    expect(Buffer.from(screen).every((byte) => byte < 0x80)).toBe(true);
  });

  it("shows a question before everything is rotated, and no answer means no", async () => {
    const { code, screen } = await runInPty(["rotate"], { columns: 80, env: world.env });
    expect(screen).toContain("Send the current keys to 12 connections in prod, staging? [y/N] \n");
    expect(screen).toContain("nothing was sent");
    expect(code).toBe(130);
  });

  it("in a UTF-8 locale shows Unicode marks", async () => {
    const { screen } = await runInPty(["check"], { columns: 80, env: { ...world.env, LC_ALL: "C.UTF-8" } });
    expect(screen).toContain("✓");
  });
});

describe("a command in a pipe", () => {
  it.each(LINES)("prints plain text with one line per row: %s", async (line) => {
    const { stdout, stderr } = await runCli(line.split(" "), { ...world.env, COLUMNS: "60" });
    expect(`${stdout}${stderr}`).not.toContain("\x1b");
    expect(stdout).not.toBe("");
  });

  it("prints every column of a table", async () => {
    const { stdout } = await runCli(["status"], world.env);
    expect(stdout).toMatch(
      /ENVIRONMENT +CONNECTION +TYPE +STATE +PHASE +UPDATED +SECRET +VERSION +CURRENT SINCE/,
    );
  });
});
