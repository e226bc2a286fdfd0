import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/main.ts";
import { startOperator } from "../support/operator.ts";

const ONE = { connections: [{ name: "my-connection", secret: "openai" }] };

describe("completion", () => {
  it.each([
    ["bash", "complete -o default -F _flink_connection_rotator flink-connection-rotator"],
    ["zsh", "compdef _flink_connection_rotator flink-connection-rotator"],
  ])("prints a script for %s that asks the program", async (shell, line) => {
    const { run } = await startOperator(ONE);
    const { code, out } = await run(["completion", shell]);
    expect(out).toContain(`${line}\n`);
    expect(out).toContain("completion words -- ");
    expect(code).toBe(0);
  });

  it("offers commands, then names and options of the command", async () => {
    const { run } = await startOperator(ONE);
    const words = async (...typed: string[]) =>
      (await run(["completion", "words", "--", ...typed])).out.trim().split("\n");
    expect(await words("")).toEqual([...COMMANDS.keys()]);
    expect(await words("rotate", "")).toEqual(
      expect.arrayContaining(["my-connection", "--dry-run", "--help"]),
    );
    expect(await words("rotate", "--")).not.toContain("my-connection");
    expect(await words("check", "")).toContain("--topic");
    expect(await words("nonsense", "")).toEqual([""]);
  });

  it("offers options alone where there is no connections.json", async () => {
    const { run } = await startOperator(ONE);
    const { out } = await run(["completion", "words", "--", "rotate", ""], {
      env: { CONNECTIONS_FILE: "/nowhere" },
    });
    expect(out).toMatch(/^--secret\n/);
  });

  it("refuses a shell that it does not know", async () => {
    const { run } = await startOperator(ONE);
    const { code, err } = await run(["completion", "fish"]);
    expect(err).toContain("There is: bash, zsh.");
    expect(code).toBe(2);
  });
});
