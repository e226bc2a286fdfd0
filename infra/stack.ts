import { CfnOutput, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { ConnectionRotator } from "./rotator.ts";
import { readSettings, toProps } from "./settings.ts";

/** One rotator and nothing else, as the `--context` settings want it. */
export class RotatorStack extends Stack {
  /** @throws SettingsError or ConfigError where the settings or connections.json have faults. */
  constructor(scope: Construct) {
    const settings = readSettings(scope);
    super(scope, "FlinkConnectionRotator", {
      stackName: settings.stackName,
      description: "Rotates the API keys of Confluent Cloud Flink connections from AWS Secrets Manager",
    });
    const rotator = new ConnectionRotator(this, "Rotator", toProps(this, settings));
    new CfnOutput(this, "FunctionName", { value: rotator.function.functionName });
    new CfnOutput(this, "RoleArn", { value: rotator.role.roleArn });
    new CfnOutput(this, "AlertTopicArn", { value: rotator.alertTopic.topicArn });
  }
}
