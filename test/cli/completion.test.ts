import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";

const ONE = { connections: [{ name: "my-connection", secret: "openai" }] };

describe("completion", () => {
  it.each([
    ["bash", "complete -o default -F _flink_connection_rotator flink-connection-rotator"],
    ["zsh", "compdef _flink_connection_rotator flink-connection-rotator"],
  ])("prints a script for %s that asks the program for candidates", async (shell, line) => {
    const { run } = await startOperator(ONE);
    const { code, out } = await run(["completion", shell]);
    expect(out).toContain(`${line}\n`);
    expect(out).toContain(" complete -- ");
    expect(code).toBe(0);
  });

  it("offers commands, then the names and options of a command", async () => {
    const { run } = await startOperator(ONE);
    const words = async (...typed: string[]) =>
      (await run(["complete", "--", ...typed])).out.trim().split("\n");
    expect(await words("")).toEqual(
      expect.arrayContaining(["rotate", "status", "check", "discover", "invoke", "sandbox", "completion"]),
    );
    expect(await words("")).not.toContain("complete");
    expect(await words("rotate", "")).toEqual(
      expect.arrayContaining(["my-connection", "--dry-run", "--verbose", "--help"]),
    );
    expect(await words("rotate", "--secret", "x", "--")).toContain("--dry-run");
    expect(await words("rotate", "--")).not.toContain("my-connection");
    expect(await words("check", "")).toContain("--topic");
    expect(await words("nonsense", "")).toEqual([""]);
  });

  it("offers only options if there is no connections.json", async () => {
    const { run } = await startOperator(ONE);
    const { out } = await run(["complete", "--", "rotate", ""], {
      env: { CONNECTIONS_FILE: "/nowhere" },
    });
    expect(out).toMatch(/^--secret\n/);
  });

  it("rejects an unknown shell", async () => {
    const { run } = await startOperator(ONE);
    const { code, err } = await run(["completion", "fish"]);
    expect(err).toContain("Allowed choices are bash, zsh.\nSee flink-connection-rotator completion --help.");
    expect(code).toBe(2);
  });
});
