import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import * as z from "zod";

/** Has the prefix that CloudFormation gives to the functions of the default stack. */
export const FUNCTION_NAME = "FlinkConnectionRotator-sandbox";

const TIMEOUT_MS = 300_000;

/** Acts as Lambda's runtime in a child process with only the built bundle and its own environment variables. */
const RUNTIME = `
const { handler } = await import(process.env.BUNDLE);
process.on("message", async (event) => {
  const endsAt = Date.now() + ${TIMEOUT_MS};
  const context = {
    functionName: "${FUNCTION_NAME}",
    getRemainingTimeInMillis: () => endsAt - Date.now(),
  };
  process.send(
    await handler(event, context).then(
      (report) => ({ report }),
      ({ name, message }) => ({ error: name + ": " + message }),
    ),
  );
});
process.send("started");
`;

const result = z.union([
  z.object({ report: z.looseObject({ outcome: z.string(), counts: z.record(z.string(), z.number()) }) }),
  z.object({ error: z.string() }),
]);

/** The report of an invocation, or the error that it threw. */
export type RotatorResult = z.infer<typeof result>;

export interface FunctionProcess {
  /** Runs one invocation at a time, as with a reserved concurrency of one. */
  readonly invoke: (event: unknown) => Promise<RotatorResult>;
  readonly stop: () => void;
}

interface FunctionOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Receives the function's structured log. */
  readonly logFile: string;
}

/** Starts the function as it is deployed, in its own process. @throws Error if it cannot be loaded. */
export async function startFunction({ env, logFile }: FunctionOptions): Promise<FunctionProcess> {
  const log = openSync(logFile, "a");
  const bundle = new URL("../../dist/lambda/index.mjs", import.meta.url);
  const child = spawn(process.execPath, ["--input-type=module", "--eval", RUNTIME], {
    env: { ...env, BUNDLE: bundle.href },
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  const message = async (): Promise<unknown> => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const exited = () => reject(new Error(`The function's process ended. Its log: ${logFile}`));
    child.once("message", resolve).once("exit", exited).once("error", reject);
    return promise.finally(() => child.off("message", resolve).off("exit", exited).off("error", reject));
  };
  const call = async (event: unknown): Promise<RotatorResult> => {
    const received = message();
    child.send(Object(event));
    return result.parse(await received);
  };
  await message();
  let last: Promise<unknown> = Promise.resolve();
  const invoke = (event: unknown): Promise<RotatorResult> => {
    const turn = last.then(() => call(event));
    last = turn.catch(() => undefined);
    return turn;
  };
  return { invoke, stop: () => void child.kill() };
}
