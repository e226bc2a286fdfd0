import type { Addresses } from "./scenario.ts";

/** The environment in which Lambda would run the function with 512 MB, with the sandbox in place of AWS. */
export function lambdaEnvironment(file: string, { awsUrl, topicArn }: Addresses): NodeJS.ProcessEnv {
  return {
    CONNECTIONS_FILE: file,
    ALERT_TOPIC_ARN: topicArn,
    AWS_ENDPOINT_URL: awsUrl,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_SESSION_TOKEN: "bench",
    AWS_LAMBDA_FUNCTION_NAME: "flink-connection-rotator",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
  };
}
