import { Stack, Token } from "aws-cdk-lib";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { SettingsError } from "./errors.ts";
import type { SecretIdentity } from "./secrets.ts";

interface Located {
  readonly what: string;
  readonly region: string;
}

interface RegionalResources {
  readonly secrets: readonly SecretIdentity[];
  readonly topic: ITopic;
  readonly kmsKeyArns: readonly string[];
}

/** @throws SettingsError if the known regions of the stack, the secrets, their keys and the alert topic differ. */
export function requireOneRegion(scope: Construct, { secrets, topic, kmsKeyArns }: RegionalResources): void {
  const located: readonly Located[] = [
    { what: "The stack", region: Stack.of(scope).region },
    ...secrets.map(({ partialArn, fullArn = partialArn, region }) => ({ what: `Secret ${fullArn}`, region })),
    { what: `The alert topic ${topic.topicArn}`, region: regionOf(topic) },
    ...kmsKeyArns.map((arn) => ({ what: `The KMS key ${arn}`, region: arn.split(":")[3] ?? "" })),
  ];
  const [first, ...others] = located.filter(({ region }) => !Token.isUnresolved(region));
  const other = others.find(({ region }) => region !== first?.region);
  if (first === undefined || other === undefined) return;
  throw new SettingsError(
    `${first.what} is in ${first.region}, but ${startLower(other.what)} is in ${other.region}. A stack, its secrets, ` +
      "their keys and its alert topic must be in one region: deploy one stack for each region, each with its own connections.json.",
  );
}

/** An imported topic has its ARN's region, not the stack's. */
function regionOf({ topicArn, env }: ITopic): string {
  return Token.isUnresolved(topicArn) ? env.region : (topicArn.split(":")[3] ?? env.region);
}

function startLower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
