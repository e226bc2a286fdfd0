import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import * as z from "zod";

/** Begins as the names do that CloudFormation gives to the functions of the default stack. */
export const FUNCTION_NAME = "FlinkConnectionRotator-sandbox";

const TIMEOUT_MS = 60_000;

/** Stands for Lambda's runtime in the child: it has the built bundle and its own environment variables, and nothing of ours. */
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

const answer = z.union([
  z.object({ report: z.looseObject({ outcome: z.string(), counts: z.record(z.string(), z.number()) }) }),
  z.object({ error: z.string() }),
]);

/** What an invocation came to: the report, or the error that it threw. */
export type Invocation = z.infer<typeof answer>;

export interface FunctionProcess {
  /** One invocation after another, as a reserved concurrency of one has it. */
  readonly invoke: (event: unknown) => Promise<Invocation>;
  readonly stop: () => void;
}

export interface FunctionOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Gets the function's structured log. */
  readonly logFile: string;
}

/** The function as it is deployed, in a process of its own. @throws Error when it cannot be loaded. */
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
    const exited = () => reject(new Error(`The function's process ended; its log is ${logFile}.`));
    child.once("message", resolve).once("exit", exited).once("error", reject);
    return promise.finally(() => child.off("message", resolve).off("exit", exited).off("error", reject));
  };
  const call = async (event: unknown): Promise<Invocation> => {
    const answered = message();
    child.send(Object(event));
    return answer.parse(await answered);
  };
  await message();
  let last: Promise<unknown> = Promise.resolve();
  const invoke = (event: unknown): Promise<Invocation> => {
    const turn = last.then(() => call(event));
    last = turn.catch(() => undefined);
    return turn;
  };
  return { invoke, stop: () => void child.kill() };
}
