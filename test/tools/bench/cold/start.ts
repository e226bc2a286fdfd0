import { pathToFileURL } from "node:url";

const { handler } = await import(pathToFileURL(process.env["BUNDLE"] ?? "").href);
const readyMs = performance.now();
const deadlineAt = Date.now() + 60_000;
const context = {
  functionName: "flink-connection-rotator",
  memoryLimitInMB: "512",
  awsRequestId: "bench",
  getRemainingTimeInMillis: () => deadlineAt - Date.now(),
};
const { outcome } = await handler({ dryRun: true }, context);
const { user, system } = process.cpuUsage();
const callMs = performance.now() - readyMs;
process.send?.({ readyMs, callMs, cpuMs: (user + system) / 1_000, outcome: outcome ?? "succeeded" });
process.disconnect();
