import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/main.ts";
import { startOperator } from "../support/operator.ts";

const ONE = { connections: [{ name: "a", secret: "openai" }] };

describe("the command line", () => {
  it.each([[[]], [["--help"]], [["-h"]], [["help"]]])("lists its commands for %j", async (args) => {
    const { run } = await startOperator(ONE);
    const { code, out } = await run(args);
    for (const name of COMMANDS.keys()) expect(out).toContain(`\n  ${name} `);
    expect(code).toBe(0);
  });

  it.each([...COMMANDS.keys()])("has help with options and examples for %s", async (name) => {
    const { run } = await startOperator(ONE);
    const asked = await run(["help", name]);
    const flagged = await run([name, "--help"]);
    expect(asked.out).toMatch(/\nUsage\n.*\n\nOptions\n[\s\S]*\n\nExamples\n/);
    expect(flagged).toEqual(asked);
    expect(asked.code).toBe(0);
  });

  it("suggests the command that was meant", async () => {
    const { run } = await startOperator(ONE);
    const { code, out, err } = await run(["stauts"]);
    expect(err).toBe('Error: There is no command "stauts".\nDid you mean "status"?\n');
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  it("refuses words that a command does not take", async () => {
    const { run } = await startOperator(ONE);
    expect(await run(["check", "a"])).toMatchObject({
      code: 2,
      err: expect.stringContaining('check takes no "a".'),
    });
  });

  it("shows a stack with --verbose alone", async () => {
    const { run } = await startOperator({ ...ONE, config: { refresh: "never" } });
    const quiet = await run(["status"]);
    expect(quiet.err).toMatch(/connections\.json has a fault:\n {2}- refresh/);
    expect(quiet.err).not.toContain("    at ");
    const verbose = await run(["status", "--verbose"]);
    expect(verbose.err).toContain("    at ");
    expect([quiet.code, verbose.code]).toEqual([2, 2]);
  });

  it("says how to come by a connections.json where there is none", async () => {
    const { run } = await startOperator(ONE);
    const { code, err } = await run(["status", "--config", "/nowhere.json"]);
    expect(err).toMatch(/^Error: There is no \/nowhere\.json\.\nName another .* discover --help\n$/);
    expect(code).toBe(2);
  });

  it("runs the sandbox until it is interrupted", async () => {
    const { run } = await startOperator(ONE);
    const { code, out } = await run(["sandbox"], { onInterrupt: (interrupt) => interrupt() });
    expect(out).toContain("Ctrl-C ends it all.");
    expect(code).toBe(0);
  });

  it("says what to do without a region or credentials", async () => {
    const { run } = await startOperator(ONE);
    const { AWS_REGION, AWS_ACCESS_KEY_ID } = process.env;
    try {
      delete process.env["AWS_REGION"];
      expect((await run(["status"])).err).toContain("No AWS region is set.\nSet AWS_REGION");
      Object.assign(process.env, { AWS_REGION, AWS_EC2_METADATA_DISABLED: "true" });
      delete process.env["AWS_ACCESS_KEY_ID"];
      expect((await run(["status"])).err).toContain("No AWS credentials were found.\nSign in");
    } finally {
      Object.assign(process.env, { AWS_REGION, AWS_ACCESS_KEY_ID });
    }
  });
});
