import { describe, expect, it } from "vitest";
import { captureOutput } from "../support/output.ts";
import { codesOf, failure, KEY, SCHEDULE, wellWorld, worldOf } from "./invocation.ts";

describe("the log of a run", () => {
  it("has a JSON line for each step and contains no secret", async () => {
    const world = await worldOf({
      confluent: { accepts: [], detail: (_state, data) => JSON.stringify(data) },
    });
    const lines = captureOutput();
    await failure(world.invoke(SCHEDULE));
    expect(codesOf(lines())).toEqual(["RUN_STARTED", "CONNECTION", "RUN_ENDED", "ALERT_SENT", "RUN_FAILED"]);
    expect(JSON.stringify(lines())).not.toContain(KEY);
    const metrics = lines().filter((line) => "_aws" in line);
    expect(
      metrics.flatMap(({ ScheduledRuns, Runs, OpenFailures, AlertedErrors, environment }) => [
        { ScheduledRuns, Runs, OpenFailures, AlertedErrors, environment },
      ]),
    ).toEqual([
      { ScheduledRuns: 1 },
      { Runs: 1 },
      { environment: "prod" },
      { OpenFailures: 1 },
      { AlertedErrors: 1 },
    ]);
  });

  it("has no metrics of a dry run", async () => {
    const world = await wellWorld();
    const lines = captureOutput();
    await world.invoke({ dryRun: true });
    expect(codesOf(lines())).toEqual(["RUN_STARTED", "CONNECTION", "RUN_ENDED"]);
    expect(lines().filter((line) => "_aws" in line)).toEqual([]);
  });
});
