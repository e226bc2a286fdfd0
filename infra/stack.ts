import {
  CfnOutput,
  type Environment,
  type IStackSynthesizer,
  Stack,
  type StackSynthesizer,
} from "aws-cdk-lib";
import type { Construct } from "constructs";
import { VERSION } from "../src/version.ts";
import { ConnectionRotator } from "./rotator.ts";
import { readDeploymentSettings, toProps } from "./settings.ts";

/** A stack with one rotator, configured by `--context` settings. */
export class RotatorStack extends Stack {
  /** @throws SettingsError or ConfigError if the settings or connections.json are invalid. */
  constructor(scope: Construct, env: Environment = {}, synthesizer?: StackSynthesizer) {
    const settings = readDeploymentSettings(scope);
    super(scope, "FlinkConnectionRotator", {
      env,
      // CDK does not declare its optional properties as exactOptionalPropertyTypes needs them.
      ...(synthesizer && { synthesizer: synthesizer as IStackSynthesizer }),
      stackName: settings.stackName,
      description: `Rotates the API keys of Confluent Cloud Flink connections from AWS Secrets Manager (flink-connection-rotator ${VERSION})`,
    });
    const rotator = new ConnectionRotator(this, "Rotator", toProps(this, settings));
    new CfnOutput(this, "Version", { value: VERSION });
    new CfnOutput(this, "Schedule", { value: rotator.schedule });
    new CfnOutput(this, "FunctionName", { value: rotator.function.functionName });
    new CfnOutput(this, "RoleArn", { value: rotator.role.roleArn });
    new CfnOutput(this, "AlertTopicArn", { value: rotator.alertTopic.topicArn });
    new CfnOutput(this, "AlertRecipients", { value: rotator.alertRecipients });
  }
}
