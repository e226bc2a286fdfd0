import { randomUUID } from "node:crypto";
import { pathToFileURL } from "node:url";
import { tellUsage } from "./usage.ts";

const TIMEOUT_MS = 900_000;

const { handler } = await import(pathToFileURL(process.env["BUNDLE"] ?? "").href);
const deadlineAt = Date.now() + TIMEOUT_MS;
const context = {
  functionName: "flink-connection-rotator",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:flink-connection-rotator",
  memoryLimitInMB: "512",
  awsRequestId: randomUUID(),
  logGroupName: "bench",
  logStreamName: "bench",
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => deadlineAt - Date.now(),
};

await tellUsage(async () => {
  try {
    return (await handler(JSON.parse(process.argv[2] ?? ""), context)).outcome;
  } catch (error) {
    return String(error);
  }
});
