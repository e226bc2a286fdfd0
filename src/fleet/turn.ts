import type { DurableContext } from "@aws/durable-execution-sdk-js";
import type { RunningExecution } from "../adapters/durable-executions.ts";
import type { Telemetry } from "../adapters/telemetry.ts";

export interface TurnOptions {
  readonly telemetry: Telemetry;
  readonly listRunning: (functionName: string) => Promise<readonly RunningExecution[]>;
  /** True to wait for other runs to end, false to give up if another run is in progress. */
  readonly waits: boolean;
}

const FIRST_WAIT_SECONDS = 60;
const MAX_WAIT_SECONDS = 600;

/**
 * Prevents two runs of a fleet at once: the one that began first continues.
 * @returns false if another run is in progress and this one does not wait for it.
 */
export async function takeTurn(context: DurableContext, options: TurnOptions): Promise<boolean> {
  let seconds = FIRST_WAIT_SECONDS;
  for (let attempt = 1; ; attempt += 1) {
    const isFirst = await context.step(`turn ${attempt}`, () => isFirstRun(context, options));
    if (isFirst || !options.waits) return isFirst;
    await context.wait(`other run ${attempt}`, { seconds });
    seconds = Math.min(seconds * 2, MAX_WAIT_SECONDS);
  }
}

async function isFirstRun(
  { executionContext, lambdaContext }: DurableContext,
  { listRunning, telemetry }: TurnOptions,
): Promise<boolean> {
  try {
    const own = executionContext.durableExecutionArn;
    const running = await listRunning(lambdaContext.functionName);
    const ownStart = running.find(({ arn }) => arn === own)?.startedAt ?? Number.POSITIVE_INFINITY;
    return running.every(
      ({ arn, startedAt }) => arn === own || startedAt > ownStart || (startedAt === ownStart && arn > own),
    );
  } catch (error) {
    // A skipped rotation is worse than two runs at once, which share the rotator's reserved concurrency.
    telemetry.bug(error);
    return true;
  }
}
