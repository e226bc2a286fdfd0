import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type * as z from "zod/mini";

/** A child process that responds with messages. It is killed when it goes out of scope. */
export interface Worker extends AsyncDisposable {
  readonly child: ChildProcess;
}

export interface WorkerOptions {
  readonly execArgv?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** A command that runs the rest of its arguments. */
  readonly prefix?: readonly string[];
}

export function startWorker(
  file: string,
  input: unknown,
  { execArgv = [], env = {}, prefix = [] }: WorkerOptions = {},
): Worker {
  const [command = "", ...args] = [...prefix, process.execPath, ...execArgv, file, JSON.stringify(input)];
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  child.stdout?.resume();
  const exit = once(child, "exit");
  const dispose = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exit;
  };
  return { child, [Symbol.asyncDispose]: dispose };
}

/** The next message of a worker. @throws Error if the worker ends or sends nothing for `timeoutMs`. */
export async function messageOf<T>(
  { child }: Worker,
  schema: z.ZodMiniType<T>,
  timeoutMs: number,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  // Not "exit", which may precede the last message.
  const onEnd = () => reject(new Error(`${child.spawnargs.join(" ")} ended without a message.`));
  const timer = setTimeout(() => reject(new Error(`No message within ${timeoutMs} ms.`)), timeoutMs);
  child.once("message", resolve).once("disconnect", onEnd);
  try {
    return schema.parse(await promise);
  } finally {
    clearTimeout(timer);
    child.off("message", resolve).off("disconnect", onEnd);
  }
}
