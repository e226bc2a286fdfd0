import { setImmediate as nextTurn } from "node:timers/promises";
import { type DurableContext, InvokeError } from "@aws/durable-execution-sdk-js";
import { qualifiedName } from "../rotation/connection.ts";
import { reportSchema } from "../rotation/report/schema.ts";
import type { Batch, BatchResult } from "./rollout.ts";

export interface Call {
  /** The ordinary function, by the alias whose runs send no alert. */
  readonly functionArn: string;
  readonly dryRun: boolean;
  /** How long an answer is waited for. Longer than the function may take, and some time in Lambda's queue. */
  readonly patienceSeconds: number;
}

/** Has the ordinary function rotate one batch; nothing runs, and nothing is paid, while it does. Never throws for a batch. */
export async function callBatch(context: DurableContext, batch: Batch, call: Call): Promise<BatchResult> {
  const connections = batch.map(qualifiedName);
  const event = { connections, ...(call.dryRun && { dryRun: true }) };
  const answer = context.invoke<typeof event, unknown>("batch", call.functionArn, event);
  const budget = context.wait("patience", { seconds: call.patienceSeconds });
  // Only the word is kept as the result of the race: the report is kept already, as the result of the call.
  const end = await context.runInChildContext("answer or patience", () =>
    Promise.race([
      answer.then(() => "answered" as const, classify),
      // Both may have come while nothing ran; then the answer counts.
      budget.then(() => nextTurn("late" as const)),
    ]),
  );
  if (end !== "answered") return { kind: end };
  const parsed = reportSchema.safeParse(await answer);
  if (!parsed.success) return { kind: "failed" };
  return { kind: "answered", outcomes: parsed.data.connections, requests: parsed.data.requests };
}

function classify(error: unknown): "failed" | "late" {
  if (!(error instanceof InvokeError)) throw error;
  return /timed out/i.test(error.message) ? "late" : "failed";
}
