import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";

const TWO = {
  connections: [
    { name: "my-connection", secret: "prod/openai" },
    { name: "other", secret: "arn:aws:secretsmanager:us-east-1:123456789012:secret:other" },
  ],
};

/** Scripts that print a shell's candidates for a command line, one per line. */
const SHELLS = {
  bash: (words: readonly string[]) => `eval "$(flink-connection-rotator completion bash)"
    COMP_WORDS=(flink-connection-rotator ${quoted(words)}); COMP_CWORD=${words.length}
    _flink_connection_rotator; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (words: readonly string[]) => `compdef() { :; }; _files() { :; }
    compadd() { print -l -- "\${candidates[@]}"; }
    eval "$(flink-connection-rotator completion zsh)"
    words=(flink-connection-rotator ${quoted(words)}); CURRENT=${words.length + 1}
    _flink_connection_rotator`,
  fish: (words: readonly string[]) => `flink-connection-rotator completion fish | source
    complete -C "flink-connection-rotator ${words.join(" ")}"`,
} as const;

function quoted(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(" ");
}

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ["-c", "true"]).status === 0;
}

describe("completion", () => {
  it.each([
    ["bash", "complete -o default -F _flink_connection_rotator flink-connection-rotator"],
    ["zsh", "compdef _flink_connection_rotator flink-connection-rotator"],
    ["fish", "complete -c flink-connection-rotator -f -a '(__flink_connection_rotator)'"],
  ])("prints a script for %s that asks the program for candidates", async (shell, line) => {
    const { run } = await startOperator(TWO);
    const { code, out } = await run(["completion", shell]);
    expect(out).toContain(`${line}\n`);
    expect(out).toContain(" complete -- ");
    expect(code).toBe(0);
  });

  it.each([
    [["ro"], ["rotate"]],
    [["rotate", "my"], ["my-connection"]],
    [["rotate", "--dr"], ["--dry-run"]],
    [["rotate", "--environment", ""], ["prod"]],
    [["rotate", "--secret", "prod"], ["prod/openai"]],
    [["rotate", "--secret", "arn:aws:s"], [TWO.connections[1]?.secret]],
    [["status", "--secret", "x", "--js"], ["--json"]],
    [
      ["discover", "--cloud", ""],
      ["aws", "azure", "gcp"],
    ],
    [
      ["explain", "re"],
      ["rejected", "ready"],
    ],
    [["explain", "unv"], ["unverified"]],
    [["help", "chec"], ["check"]],
    [["completion", "f"], ["fish"]],
    [["rotate", "--config", ""], []],
    [["nonsense", ""], []],
  ])("completes %j with %j", async (words, offered) => {
    const { run } = await startOperator(TWO);
    const { out } = await run(["complete", "--", ...words]);
    expect(out.split("\n").filter((line) => line !== "")).toEqual(offered);
  });

  it("offers every command except hidden ones", async () => {
    const { run } = await startOperator(TWO);
    const words = (await run(["complete", "--", ""])).out.trim().split("\n");
    expect(words).toEqual(expect.arrayContaining(["rotate", "status", "check", "explain", "completion"]));
    expect(words).not.toContain("complete");
  });

  it("reads the names from the file given by --config", async () => {
    const { run, env } = await startOperator(TWO);
    const file = env["CONNECTIONS_FILE"] ?? "";
    const words = ["complete", "--", "rotate", "--config", file, "my"];
    expect((await run(words, { env: { CONNECTIONS_FILE: "/nowhere" } })).out).toBe("my-connection\n");
    expect(
      (await run(["complete", "--", "rotate", "my"], { env: { CONNECTIONS_FILE: "/nowhere" } })).out,
    ).toBe("");
  });

  it("adds the environment to a name that two environments contain", async () => {
    const { run, folder } = await startOperator(TWO);
    const ids = { organizationId: "o", cloud: "aws", region: "r", apiKeySecret: "k" };
    const entry = { name: "a", type: "OPENAI", secret: "s" };
    const environments = { one: { ...ids, environmentId: "e1" }, two: { ...ids, environmentId: "e2" } };
    const connections = ["one", "two"].map((environment) => ({ ...entry, environment }));
    writeFileSync(join(folder, "two.json"), JSON.stringify({ environments, connections }));
    const { out } = await run(["complete", "--", "rotate", "--config", join(folder, "two.json"), "o"]);
    expect(out).toBe("one/a\n");
  });

  it("rejects an unknown shell", async () => {
    const { run } = await startOperator(TWO);
    const { code, err } = await run(["completion", "tcsh"]);
    expect(err).toContain(
      "Allowed choices are bash, zsh, fish.\nSee flink-connection-rotator completion --help.",
    );
    expect(code).toBe(2);
  });
});

describe.each(["bash", "zsh", "fish"] as const)("completion in %s", (shell) => {
  it.runIf(isInstalled(shell)).each([
    [["ro"], ["rotate"]],
    [["rotate", "my"], ["my-connection"]],
    [["rotate", "--secret", ""], TWO.connections.map(({ secret }) => secret)],
    [
      ["explain", "re"],
      ["ready", "rejected"],
    ],
  ])("offers for %j: %j", async (words, offered) => {
    const { folder, env } = await startOperator(TWO);
    const program = join(folder, "flink-connection-rotator");
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${resolve("dist/cli/index.mjs")}' "$@"\n`);
    chmodSync(program, 0o755);
    const PATH = `${folder}:${process.env["PATH"]}`;
    const args = shell === "zsh" ? ["-f", "-c"] : ["-c"];
    const out = execFileSync(shell, [...args, SHELLS[shell](words)], {
      env: { ...process.env, ...env, PATH, HOME: folder },
      encoding: "utf8",
    });
    expect(
      out
        .split("\n")
        .filter((line) => line !== "")
        .toSorted(),
    ).toEqual(offered.toSorted());
  });
});
