import { LambdaClient, ListDurableExecutionsByFunctionCommand } from "@aws-sdk/client-lambda";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { listRunningExecutions } from "../../src/adapters/durable-executions.ts";

const lambda = mockClient(LambdaClient);

beforeEach(() => {
  lambda.reset();
});

afterAll(() => {
  lambda.restore();
});

describe("the running executions of a durable function", () => {
  it("are listed page by page", async () => {
    const common = { DurableExecutionName: "n", FunctionArn: "f", Status: "RUNNING" } as const;
    lambda
      .on(ListDurableExecutionsByFunctionCommand)
      .resolvesOnce({
        DurableExecutions: [{ ...common, DurableExecutionArn: "a", StartTimestamp: new Date(1_000) }],
        NextMarker: "next",
      })
      .resolvesOnce({
        DurableExecutions: [{ ...common, DurableExecutionArn: "b", StartTimestamp: undefined }],
      });
    expect(await listRunningExecutions("fleet")).toEqual([
      { arn: "a", startedAt: 1_000 },
      { arn: "b", startedAt: 0 },
    ]);
    expect(
      lambda.commandCalls(ListDurableExecutionsByFunctionCommand).map(({ args: [{ input }] }) => input),
    ).toMatchObject([{ FunctionName: "fleet", Statuses: ["RUNNING"] }, { Marker: "next" }]);
  });

  it("are empty if the response has no list", async () => {
    lambda.on(ListDurableExecutionsByFunctionCommand).resolves({});
    expect(await listRunningExecutions("fleet")).toEqual([]);
  });
});
