import type { Addresses } from "./scenario.ts";

/** A function with this memory has a whole CPU. */
const MEMORY_OF_A_CPU = 1_769;

export const MEMORY_MB = 256;

export function cpuShareOf(memoryMb: number): number {
  return Math.min(1, memoryMb / MEMORY_OF_A_CPU);
}

/** How Lambda starts Node. */
export function lambdaFlags(memoryMb: number = MEMORY_MB): readonly string[] {
  const [young, old] = [Math.floor(memoryMb * 0.05), Math.floor(memoryMb * 0.9)];
  return ["--expose-gc", `--max-semi-space-size=${young}`, `--max-old-space-size=${old}`];
}

/** The environment in which Lambda would run the function, with the sandbox instead of AWS. */
export function lambdaEnvironment(
  file: string,
  { awsUrl, topicArn }: Addresses,
  memoryMb: number = MEMORY_MB,
): NodeJS.ProcessEnv {
  return {
    CONNECTIONS_FILE: file,
    ALERT_TOPIC_ARN: topicArn,
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_SESSION_TOKEN: "bench",
    AWS_LAMBDA_FUNCTION_NAME: "flink-connection-rotator",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  };
}
