import {
  CfnOutput,
  CliCredentialsStackSynthesizer,
  type Environment,
  type IStackSynthesizer,
  Stack,
  type StackSynthesizer,
} from "aws-cdk-lib";
import { ManagedPolicy, PermissionsBoundary } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { VERSION } from "../src/version.ts";
import { toProps } from "./props.ts";
import { ConnectionRotator } from "./rotator.ts";
import { type DeploymentSettings, readDeploymentSettings } from "./settings.ts";

/** A stack with one rotator, configured by `--context` settings. */
export class RotatorStack extends Stack {
  /** @throws SettingsError or ConfigError if the settings or connections.json are invalid. */
  constructor(scope: Construct, env: Environment = {}, givenSynthesizer?: StackSynthesizer) {
    const settings = readDeploymentSettings(scope);
    const synthesizer = givenSynthesizer ?? synthesizerFor(settings);
    super(scope, "FlinkConnectionRotator", {
      env,
      // CDK's optional properties are not declared for exactOptionalPropertyTypes.
      ...(synthesizer && { synthesizer: synthesizer as IStackSynthesizer }),
      stackName: settings.stackName,
      description: `Rotates the API keys of Confluent Cloud Flink connections from AWS Secrets Manager (flink-connection-rotator ${VERSION})`,
    });
    applyBoundary(this, settings);
    const rotator = new ConnectionRotator(this, "Rotator", toProps(this, settings));
    new CfnOutput(this, "Version", { value: VERSION });
    new CfnOutput(this, "Schedule", { value: rotator.schedule });
    new CfnOutput(this, "FunctionName", { value: rotator.function.functionName });
    new CfnOutput(this, "RoleArn", { value: rotator.role.roleArn });
    new CfnOutput(this, "AlertTopicArn", { value: rotator.alertTopic.topicArn });
    new CfnOutput(this, "AlertRecipients", { value: rotator.alertRecipients });
  }
}

/** With a bucket, the code is uploaded with the caller's credentials, and CDK's bootstrap is not needed. */
function synthesizerFor({ bucket }: DeploymentSettings): StackSynthesizer | undefined {
  return bucket === undefined
    ? undefined
    : new CliCredentialsStackSynthesizer({ fileAssetsBucketName: bucket });
}

function applyBoundary(stack: Stack, { permissionsBoundaryArn }: DeploymentSettings): void {
  if (permissionsBoundaryArn === undefined) return;
  const policy = ManagedPolicy.fromManagedPolicyArn(stack, "PermissionsBoundary", permissionsBoundaryArn);
  PermissionsBoundary.of(stack).apply(policy);
}
