import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export interface PtyOptions {
  readonly columns: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const CLI = fileURLToPath(new URL("../../dist/cli/index.mjs", import.meta.url));

/** False without the tool `script`, as in a slim container. */
export const HAS_PTY = spawnSync("script", ["--version"]).error === undefined;

/** The variables of an ordinary terminal, because a CI system may change colours and characters. */
const USUAL = {
  TERM: "xterm-256color",
  LC_ALL: "C.UTF-8",
  CI: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
};

/** Runs the built CLI in a pseudo-terminal, with the tool `script` of Linux and macOS, and returns its output. */
export async function runInPty(
  args: readonly string[],
  { columns, env = {}, cwd = "." }: PtyOptions,
): Promise<{ readonly code: number; readonly screen: string }> {
  const command = [process.execPath, CLI, ...args]
    .map((arg) => `'${arg.replaceAll("'", "'\\''")}'`)
    .join(" ");
  const shell = `stty cols ${columns} rows 40; ${command}; echo "exit code $?"`;
  const script =
    process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", shell] : ["-qec", shell, "/dev/null"];
  const child = spawn("script", script, {
    cwd,
    env: { ...process.env, ...USUAL, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await once(child, "close");
  const [, screen = "", code = ""] = /^([\s\S]*)exit code (\d+)\s*$/.exec(output) ?? [];
  return { code: Number(code), screen: screen.replaceAll("\r\n", "\n") };
}
