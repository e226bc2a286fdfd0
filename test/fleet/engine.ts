import {
  DurableExecutionInvocationInputWithClient,
  type DurableLambdaHandler,
  withDurableExecution,
} from "@aws/durable-execution-sdk-js";
import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import { createFleet, type FleetDependencies } from "../../src/fleet/handler.ts";
import type { Report } from "../../src/rotation/report/report.ts";

/** Where a process dies: at a checkpoint by its number, before it is kept, or after, before the process hears of it. */
export interface Death {
  readonly checkpoint: number;
  readonly isKept: boolean;
}

export interface EngineOptions {
  readonly dependencies: FleetDependencies;
  readonly functions: Readonly<Record<string, (event: unknown) => Promise<unknown>>>;
  readonly death?: Death;
}

export interface Execution {
  readonly status: string | undefined;
  readonly report: Report | undefined;
  readonly error: string | undefined;
  readonly checkpoints: number;
  readonly deaths: number;
  /** How many calls of other functions were under way together. */
  readonly mostAtOnce: number;
}

/** Runs the orchestrator on the local engine, which runs it again after each of its deaths, as Lambda does. */
export async function execute(event: unknown, options: EngineOptions): Promise<Execution> {
  const counts = { checkpoints: 0, deaths: 0 };
  const calls = new Calls();
  const inner = withDurableExecution(createFleet(options.dependencies));
  const outer = mortal(inner, options.death, counts);
  const runner = new LocalDurableTestRunner<Report>({
    handlerFunction: async (input, context) => {
      calls.suspended(false);
      const end = await outer(input, context);
      calls.suspended(true);
      return end;
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
    mostAtOnce: calls.mostAtOnce,
  };
}

/** Holds answers back until nothing runs: the local engine loses one that comes while the handler is about to suspend. */
class Calls {
  mostAtOnce = 0;
  #atOnce = 0;
  #isSuspended = false;
  readonly #held: (() => void)[] = [];

  async hold<T>(answer: Promise<T>): Promise<T> {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    await Promise.allSettled([answer]);
    await new Promise<void>((resolve) => {
      this.#held.push(resolve);
      setImmediate(() => this.#release());
    });
    this.#atOnce -= 1;
    return answer;
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

/** The handler in processes that die: whoever waits for a dead one hears nothing, and the next begins from what is kept. */
function mortal(
  handler: DurableLambdaHandler,
  death: Death | undefined,
  counts: { checkpoints: number; deaths: number },
): DurableLambdaHandler {
  return async (event, context) => {
    if (!DurableExecutionInvocationInputWithClient.isInstance(event)) throw new Error("No local engine.");
    const engine = event.durableExecutionClient;
    const { DurableExecutionArn } = event;
    for (let input = event; ; ) {
      const died = Promise.withResolvers<string>();
      let isDead = false;
      const checkpoint: typeof engine.checkpoint = async (request, ...rest) => {
        if (isDead) return NEVER;
        counts.checkpoints += 1;
        if (counts.checkpoints !== death?.checkpoint) return engine.checkpoint(request, ...rest);
        isDead = true;
        const kept = death.isKept ? await engine.checkpoint(request, ...rest) : request;
        died.resolve(kept.CheckpointToken ?? "");
        return NEVER;
      };
      const client = { checkpoint, getExecutionState: engine.getExecutionState.bind(engine) };
      const life = handler(new DurableExecutionInvocationInputWithClient(input, client), context);
      const end = await Promise.race([life, died.promise]);
      if (typeof end !== "string") return end;
      counts.deaths += 1;
      const kept = { DurableExecutionArn, CheckpointToken: end };
      const { Operations = [] } = await engine.getExecutionState({ ...kept, MaxItems: 1_000 });
      const InitialExecutionState = { Operations, NextMarker: "" };
      input = new DurableExecutionInvocationInputWithClient({ ...kept, InitialExecutionState }, engine);
    }
  };
}

const NEVER = new Promise<never>(() => {});
