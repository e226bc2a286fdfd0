import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import * as z from "zod/mini";
import { reportUsage } from "./usage.ts";

const TIMEOUT_MS = 900_000;

/** After this time, the dry run no longer counts for a rate limit per second. */
const SETTLED_MS = 1_100;

const { event, isWarm } = z
  .object({ event: z.unknown(), isWarm: z.boolean() })
  .parse(JSON.parse(process.argv[2] ?? ""));
const { handler } = await import(pathToFileURL(process.env["BUNDLE"] ?? "").href);
const deadlineAt = Date.now() + TIMEOUT_MS;
const context = {
  functionName: "flink-connection-rotator",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:flink-connection-rotator",
  memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] ?? "",
  awsRequestId: randomUUID(),
  logGroupName: "bench",
  logStreamName: "bench",
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => deadlineAt - Date.now(),
};

if (isWarm) {
  await handler({ dryRun: true }, context);
  await sleep(SETTLED_MS);
}
await reportUsage(async () => {
  try {
    return (await handler(event, context)).outcome;
  } catch (error) {
    return String(error);
  }
});
