import { describe, expect, it } from "vitest";
import { createHandler } from "../../src/handler.ts";
import { startWorld } from "../support/world.ts";

const FUNCTION_ARN = "arn:aws:lambda:us-west-2:111122223333:function:batch";

async function call(invokedFunctionArn: string, event: object) {
  const connections = Array.from({ length: 30 }, (_, index) => ({ name: `c${index}`, secret: "prod/none" }));
  const { env, clock, aws } = await startWorld({ connections });
  const handler = createHandler({ env, clock, random: () => 0.5 });
  const end = clock.now() + 900_000;
  const invocation = {
    functionName: "batch",
    invokedFunctionArn,
    getRemainingTimeInMillis: () => end - clock.now(),
  };
  const result = await handler(event, invocation).catch((error: unknown) => error);
  return { result, alerts: aws.requests.filter(({ operation }) => operation === "Publish").length };
}

describe("the alias batch", () => {
  it("shortens the report of a direct call and sends no alert", async () => {
    const { result, alerts } = await call(`${FUNCTION_ARN}:batch`, {});
    expect(alerts).toBe(0);
    expect(result).toMatchObject({ outcome: "failed", counts: { failed: 30 } });
    const { connections } = result as { connections: { message?: string }[] };
    expect(connections).toHaveLength(30);
    expect(connections.filter(({ message }) => message !== undefined)).toHaveLength(25);
    expect(connections.at(-1)).toEqual({
      name: "c29",
      environment: "prod",
      type: "OPENAI",
      outcome: "failed",
      errorClass: "secret",
      evidence: { provider: "not-asked", phase: "not-seen", statement: "not-run" },
      secret: "prod/none",
      durationMs: 0,
    });
  });

  it.each([
    ["a direct call without an alias", FUNCTION_ARN, {}],
    ["a direct call by another alias", `${FUNCTION_ARN}:live`, {}],
    ["a scheduled run by this alias", `${FUNCTION_ARN}:batch`, { trigger: "schedule" }],
  ])("does not suppress the alert of %s", async (_, arn, event) => {
    expect((await call(arn, event)).alerts).toBe(1);
  });
});
