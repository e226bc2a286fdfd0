import { setImmediate as nextTurn } from "node:timers/promises";
import { type DurableContext, InvokeError } from "@aws/durable-execution-sdk-js";
import { qualifiedName } from "../rotation/connection.ts";
import { reportSchema } from "../rotation/report/schema.ts";
import type { Batch, BatchResult } from "./rollout.ts";

export interface Call {
  /** The ARN of the rotator function's alias whose runs send no alert. */
  readonly functionArn: string;
  readonly dryRun: boolean;
  /** Longer than the function's timeout plus some time in Lambda's queue. */
  readonly timeoutSeconds: number;
}

/** Calls the rotator function for one batch. Until the response, the orchestrator is suspended at no cost. */
export async function callBatch(context: DurableContext, batch: Batch, call: Call): Promise<BatchResult> {
  const connections = batch.map(qualifiedName);
  const event = { connections, ...(call.dryRun && { dryRun: true }) };
  const response = context.invoke<typeof event, unknown>("batch", call.functionArn, event);
  const timeout = context.wait("timeout", { seconds: call.timeoutSeconds });
  // Checkpoint only the winner's name; the report is in the invoke's own checkpoint.
  const winner = await context.runInChildContext("response or timeout", () =>
    Promise.race([
      response.then(() => "answered" as const, classify),
      // If both arrived while the orchestrator was suspended, the response wins.
      timeout.then(() => nextTurn("late" as const)),
    ]),
  );
  if (winner !== "answered") return { kind: winner };
  const parsed = reportSchema.safeParse(await response);
  if (!parsed.success) return { kind: "failed" };
  const { connections: outcomes, requests, statements } = parsed.data;
  return { kind: "answered", outcomes, requests, ...(statements && { statements }) };
}

function classify(error: unknown): "failed" | "late" {
  if (!(error instanceof InvokeError)) throw error;
  return /timed out/i.test(error.message) ? "late" : "failed";
}
