import { describe, expect, it } from "vitest";
import { execute, startEngine } from "./engine.ts";
import { startFleet } from "./fleet.ts";
import { MISSING, run, SCHEDULE } from "./run.ts";

startEngine();

describe("a fleet that crashes", () => {
  it.each([
    ["before a checkpoint is saved", false],
    ["after a checkpoint is saved", true],
  ])("%s continues without a second wave or a second alert, at any checkpoint", async (_, isSaved) => {
    const options = {
      detailsByConnection: { b2: MISSING },
      responses: { a2: () => Promise.reject(new Error("lost")) },
    };
    const reference = await run(options);
    expect(reference.alerts).toHaveLength(1);
    const crashes: number[] = [];
    for (let checkpoint = 1; checkpoint === crashes.length + 1; checkpoint += 1) {
      const fleet = startFleet(options);
      const execution = await execute(SCHEDULE, { ...fleet.engine, crash: { checkpoint, isSaved } });
      if (execution.crashes === 0) continue;
      crashes.push(checkpoint);
      expect({ checkpoint, error: execution.error, batches: fleet.batches, alerts: fleet.alerts }).toEqual({
        checkpoint,
        error: reference.execution.error,
        batches: reference.batches,
        alerts: reference.alerts,
      });
    }
    expect(crashes.length).toBeGreaterThanOrEqual(reference.execution.checkpoints);
  });
});
