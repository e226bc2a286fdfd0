import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { recordOutput } from "./leak-watch.ts";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves once the output matches. @throws Error if the process ends before. */
  readonly shows: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

const GUARD = fileURLToPath(new URL("loopback-only-process.ts", import.meta.url));
const CLI = fileURLToPath(new URL("../../dist/cli/index.mjs", import.meta.url));

/** The built CLI in its own process, with its output in pipes; it is killed at the end of the test. */
export function startCli(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = "."): RunningCli {
  const child = spawn(process.execPath, ["--import", GUARD, CLI, ...args], {
    env: { ...process.env, ...env },
    cwd,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      recordOutput(text, child[name]);
      child.emit("output");
    });
  const ended = once(child, "close").then(([code]) => ({ code, ...output }));
  const shows = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = pattern.exec(`${output.stdout}\n${output.stderr}`);
      if (match) return match;
      const { code } = await Promise.race([ended, once(child, "output").then(() => ({ code: undefined }))]);
      if (code !== undefined) throw new Error(`Ended with ${code} before ${pattern}: ${output.stderr}`);
    }
  };
  return { child, shows, ended };
}

export function runCli(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = "."): Promise<Ended> {
  const { child, ended } = startCli(args, env, cwd);
  child.stdin.end();
  return ended;
}
