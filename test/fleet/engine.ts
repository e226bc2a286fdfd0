import {
  DurableExecutionInvocationInputWithClient,
  type DurableLambdaHandler,
  withDurableExecution,
} from "@aws/durable-execution-sdk-js";
import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import { afterAll, beforeAll } from "vitest";
import type { FleetDependencies } from "../../src/fleet/context.ts";
import { createFleet } from "../../src/fleet/handler.ts";
import type { Report } from "../../src/rotation/report/report.ts";

/** The process crashes at the checkpoint with this number, before or after the engine saves it. */
interface Crash {
  readonly checkpoint: number;
  readonly isSaved: boolean;
}

export interface EngineOptions {
  readonly dependencies: FleetDependencies;
  readonly functions: Readonly<Record<string, (event: unknown) => Promise<unknown>>>;
  readonly crash?: Crash;
}

export interface Execution {
  readonly status: string | undefined;
  readonly report: Report | undefined;
  readonly error: string | undefined;
  readonly checkpoints: number;
  readonly crashes: number;
  /** The largest number of concurrent calls of other functions. */
  readonly maxConcurrency: number;
}

/** Starts the local engine for the tests of a file. */
export function startEngine(): void {
  beforeAll(() => LocalDurableTestRunner.setupTestEnvironment());
  afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());
}

/** Runs the orchestrator on the local engine, which restarts it after a crash, as Lambda does. */
export async function execute(event: unknown, options: EngineOptions): Promise<Execution> {
  const counts = { checkpoints: 0, crashes: 0 };
  const calls = new Calls();
  const inner = withDurableExecution(createFleet(options.dependencies));
  const outer = crashing(inner, options.crash, counts);
  const runner = new LocalDurableTestRunner<Report>({
    handlerFunction: async (input, context) => {
      calls.suspended(false);
      const result = await outer(input, context);
      calls.suspended(true);
      return result;
    },
  });
  for (const [name, run] of Object.entries(options.functions))
    runner.registerFunction(name, (input: unknown) => calls.hold(run(input)));
  const result = await runner.run({ payload: event });
  const status = result.getStatus();
  return {
    status,
    report: status === "SUCCEEDED" ? result.getResult() : undefined,
    error: status === "FAILED" ? result.getError()?.errorMessage : undefined,
    ...counts,
    maxConcurrency: calls.maxConcurrency,
  };
}

/** Delays responses until the handler is suspended, because the local engine loses responses that arrive shortly before. */
class Calls {
  maxConcurrency = 0;
  #active = 0;
  #isSuspended = false;
  readonly #held: (() => void)[] = [];

  async hold<T>(response: Promise<T>): Promise<T> {
    this.#active += 1;
    this.maxConcurrency = Math.max(this.maxConcurrency, this.#active);
    await Promise.allSettled([response]);
    await new Promise<void>((resolve) => {
      this.#held.push(resolve);
      setImmediate(() => this.#release());
    });
    this.#active -= 1;
    return response;
  }

  suspended(isSuspended: boolean): void {
    this.#isSuspended = isSuspended;
    setImmediate(() => this.#release());
  }

  #release(): void {
    if (!this.#isSuspended) return;
    const next = this.#held.shift();
    this.#isSuspended = next === undefined;
    next?.();
  }
}

/** The handler in processes that crash. A crashed process never answers; the next one starts from the saved operations. */
function crashing(
  handler: DurableLambdaHandler,
  crash: Crash | undefined,
  counts: { checkpoints: number; crashes: number },
): DurableLambdaHandler {
  return async (event, context) => {
    if (!DurableExecutionInvocationInputWithClient.isInstance(event)) throw new Error("No local engine.");
    const engine = event.durableExecutionClient;
    const { DurableExecutionArn } = event;
    for (let input = event; ; ) {
      const crashed = Promise.withResolvers<string>();
      let hasCrashed = false;
      const checkpoint: typeof engine.checkpoint = async (request, ...rest) => {
        if (hasCrashed) return NEVER;
        counts.checkpoints += 1;
        if (counts.checkpoints !== crash?.checkpoint) return engine.checkpoint(request, ...rest);
        hasCrashed = true;
        const saved = crash.isSaved ? await engine.checkpoint(request, ...rest) : request;
        crashed.resolve(saved.CheckpointToken ?? "");
        return NEVER;
      };
      const client = { checkpoint, getExecutionState: engine.getExecutionState.bind(engine) };
      const result = handler(new DurableExecutionInvocationInputWithClient(input, client), context);
      const end = await Promise.race([result, crashed.promise]);
      if (typeof end !== "string") return end;
      counts.crashes += 1;
      const saved = { DurableExecutionArn, CheckpointToken: end };
      const { Operations = [] } = await engine.getExecutionState({ ...saved, MaxItems: 1_000 });
      const InitialExecutionState = { Operations, NextMarker: "" };
      input = new DurableExecutionInvocationInputWithClient({ ...saved, InitialExecutionState }, engine);
    }
  };
}

const NEVER = new Promise<never>(() => {});
