import { LambdaClient, paginateListDurableExecutionsByFunction } from "@aws-sdk/client-lambda";
import { awsProxyOptions } from "./proxy.ts";

export interface RunningExecution {
  readonly arn: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** The executions of a durable function that have not ended, including waiting ones. */
export async function listRunningExecutions(functionName: string): Promise<readonly RunningExecution[]> {
  const client = new LambdaClient(awsProxyOptions());
  try {
    const pages = paginateListDurableExecutionsByFunction(
      { client },
      { FunctionName: functionName, Statuses: ["RUNNING"] },
    );
    const running: RunningExecution[] = [];
    for await (const { DurableExecutions = [] } of pages)
      for (const { DurableExecutionArn: arn, StartTimestamp } of DurableExecutions)
        if (arn !== undefined) running.push({ arn, startedAt: StartTimestamp?.getTime() ?? 0 });
    return running;
  } finally {
    client.destroy();
  }
}
