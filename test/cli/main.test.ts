import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { exampleLines, helpTexts } from "../support/help.ts";
import { startOperator } from "../support/operator.ts";

const NAMES = [...helpTexts().keys()].filter((name) => name !== "");
const ONE = { connections: [{ name: "a", secret: "openai" }] };

describe("the command line", () => {
  it.each([[[]], [["--help"]], [["-h"]], [["help"]], [["--debug", "--verbose"]]])(
    "lists its commands for %j",
    async (args) => {
      const { run } = await startOperator(ONE);
      const { code, out } = await run(args);
      for (const name of NAMES) expect(out).toContain(`\n  ${name} `);
      expect(out).not.toContain("\n  complete ");
      expect(out).toMatch(/\nExit codes:\n {2}0 /);
      expect(code).toBe(0);
    },
  );

  it.each(NAMES)("has help with usage, options and examples for %s", async (name) => {
    const { run } = await startOperator(ONE);
    const asked = await run(["help", name]);
    const flagged = await run([name, "--help"]);
    expect(asked.out).toMatch(/^Usage: flink-connection-rotator .*\n\n[\s\S]*\nOptions:\n {2}/);
    expect(exampleLines(asked.out).length).toBeGreaterThan(0);
    expect(flagged).toEqual(asked);
    expect(asked.code).toBe(0);
  });

  it("wraps the help on a narrow terminal", async () => {
    const { run } = await startOperator(ONE);
    const { out } = await run(["help"], { isTTY: true, columns: 60, env: { NO_COLOR: "1" } });
    const [summaries = ""] = out.split("Exit codes:");
    expect(Math.max(...summaries.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it.each([["--version"], ["-V"]])("prints the version of package.json for %s", async (flag) => {
    const { run } = await startOperator(ONE);
    expect(await run([flag])).toEqual({ code: 0, out: `${packageJson.version}\n`, err: "" });
  });

  it.each([[["stauts"]], [["stauts", "--help"]], [["help", "stauts"]], [["--verbose", "stauts"]]])(
    "suggests a command for %j",
    async (args) => {
      const { run } = await startOperator(ONE);
      const { code, out, err } = await run(args);
      expect(err).toContain('Error: There is no command "stauts".\nDid you mean "status"?\n');
      expect({ code, out }).toEqual({ code: 2, out: "" });
    },
  );

  it("rejects positional arguments that a command does not accept", async () => {
    const { run } = await startOperator(ONE);
    expect(await run(["check", "a"])).toMatchObject({
      code: 2,
      err: "Error: Too many arguments for 'check'. Expected 0 arguments but got 1: a.\nSee flink-connection-rotator check --help.\n",
    });
  });

  it("shows a stack trace only with --verbose", async () => {
    const { run } = await startOperator({ ...ONE, config: { refresh: "never" } });
    const quiet = await run(["status"]);
    expect(quiet.err).toMatch(/connections\.json has a problem:\n {2}- refresh/);
    expect(quiet.err).not.toContain("    at ");
    const verbose = await run(["status", "--verbose"]);
    expect(verbose.err).toContain("    at ");
    expect([quiet.code, verbose.code]).toEqual([2, 2]);
  });

  it("says how to create a connections.json if there is none", async () => {
    const { run } = await startOperator(ONE);
    const { code, err } = await run(["status", "--config", "/nowhere.json"]);
    expect(err).toMatch(/^Error: There is no \/nowhere\.json\.\nChoose a file .* init\n$/);
    expect(code).toBe(2);
  });

  it("runs the sandbox until it is interrupted", async () => {
    const { run } = await startOperator(ONE);
    const { code, out } = await run(["sandbox"], { onInterrupt: (interrupt) => interrupt() });
    expect(out).toContain("Press Ctrl-C to end.");
    expect(code).toBe(0);
  });

  it("says what to do if no region or no credentials are set", async () => {
    const { run } = await startOperator(ONE);
    const { AWS_REGION } = process.env;
    delete process.env["AWS_REGION"];
    expect((await run(["status"])).err).toContain("No AWS region is set.\nSet AWS_REGION");
    process.env["AWS_REGION"] = "us east";
    expect((await run(["status"])).err).toContain("is not a valid hostname component.\nCorrect AWS_REGION");
    Object.assign(process.env, { AWS_REGION });
    delete process.env["AWS_ACCESS_KEY_ID"];
    expect((await run(["status"])).err).toContain(
      "No AWS credentials were found.\nSign in again (aws sso login)",
    );
  });
});
