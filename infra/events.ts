import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { LIMITS, requireRules } from "./limits.ts";
import { addChangeRules, addRotationFailedRules, grantDeadLetters } from "./rules.ts";
import type { SecretIdentity } from "./secrets.ts";

export interface EventsProps {
  /** All secrets that the function reads. */
  readonly secrets: readonly SecretIdentity[];
  /** The connections' secrets. */
  readonly rotated: readonly SecretIdentity[];
  readonly serviceName: string;
  readonly cloudTrailEvents: boolean;
  /** One rule matches every secret of the stack's own account, listed or not. */
  readonly everySecret: boolean;
  readonly enabled: boolean;
  readonly fn: IFunction;
  readonly topic: ITopic;
  readonly deadLetterQueue: Queue;
}

/**
 * Adds the rules for events of Secrets Manager.
 * @throws SettingsError if EventBridge has no room for so many rules.
 */
export function addEvents(scope: Construct, { secrets, rotated, ...props }: EventsProps): void {
  grantDeadLetters(props.deadLetterQueue);
  const changeRules = addChangeRules(scope, { ...props, secrets: rotated });
  const maxRules = props.everySecret ? LIMITS.eventRules - changeRules : undefined;
  const failedRules = addRotationFailedRules(scope, {
    ...props,
    secrets,
    ...(maxRules !== undefined && { maxRules }),
  });
  requireRules(secrets.length, changeRules + failedRules);
}
