import type { DurableContext } from "@aws/durable-execution-sdk-js";
import { describe, expect, it } from "vitest";
import type { RunningExecution } from "../../src/adapters/durable-executions.ts";
import { Telemetry } from "../../src/adapters/telemetry.ts";
import { takeTurn } from "../../src/fleet/turn.ts";

const OWN = { arn: "execution-2", startedAt: 2_000 };
const EARLIER = { arn: "execution-1", startedAt: 1_000 };
const LATER = { arn: "execution-3", startedAt: 3_000 };
const SAME_TIME_BEFORE = { arn: "execution-1", startedAt: 2_000 };
const SAME_TIME_AFTER = { arn: "execution-3", startedAt: 2_000 };

/** @param listed the running executions at each poll. */
async function turnOf(waits: boolean, ...listed: readonly (readonly RunningExecution[])[]) {
  const seconds: number[] = [];
  const looks = [...listed];
  const context = {
    executionContext: { durableExecutionArn: OWN.arn },
    lambdaContext: { functionName: "fleet" },
    step: (_: string, work: () => Promise<unknown>) => work(),
    wait: async (_: string, duration: { seconds: number }) => seconds.push(duration.seconds),
  } as unknown as DurableContext;
  const telemetry = new Telemetry(String, () => 0);
  const isTaken = await takeTurn(context, { telemetry, waits, listRunning: async () => looks.shift() ?? [] });
  return { isTaken, seconds };
}

describe("a run of a fleet", () => {
  it.each([
    ["alone", [OWN], true],
    ["alone and not listed yet", [], true],
    ["that began before another one", [OWN, LATER], true],
    ["that began at the same time, and is first by its name", [OWN, SAME_TIME_AFTER], true],
    ["that began after another one", [EARLIER, OWN], false],
    ["that began at the same time, and is not first by its name", [SAME_TIME_BEFORE, OWN], false],
    ["that is not listed yet, beside another one", [LATER], false],
  ])("%s has its turn: %j is %s", async (_, listed, expected) => {
    expect(await turnOf(false, listed)).toEqual({ isTaken: expected, seconds: [] });
  });

  it("for a changed secret waits for the other run to end, polling at growing intervals", async () => {
    const busy = [EARLIER, OWN];
    const turn = await turnOf(true, busy, busy, busy, busy, busy, [OWN]);
    expect(turn).toEqual({ isTaken: true, seconds: [60, 120, 240, 480, 600] });
  });
});
