import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { LIMITS, requireRules, requireServiceName } from "./limits.ts";
import { addChangeRules, addRotationFailedRules, grantDeadLetters } from "./rules.ts";
import type { SecretIdentity } from "./secrets.ts";

interface EventsProps {
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
  /** Receives the changes of secrets that more connections share than one run can update. */
  readonly orchestrator: IFunction | undefined;
  readonly shared: readonly SecretIdentity[];
  readonly topic: ITopic;
  readonly deadLetterQueue: Queue;
}

/**
 * Adds the rules for events of Secrets Manager.
 * @throws SettingsError if EventBridge does not allow so many rules, or no rule name can be derived from the service name.
 */
export function addEvents(scope: Construct, { secrets, ...props }: EventsProps): void {
  requireServiceName(props.serviceName);
  grantDeadLetters(props.deadLetterQueue);
  const changeRules = addAllChangeRules(scope, props);
  const maxRules = props.everySecret ? LIMITS.eventRules - changeRules : undefined;
  const failedRules = addRotationFailedRules(scope, {
    ...props,
    secrets,
    ...(maxRules !== undefined && { maxRules }),
  });
  requireRules(secrets.length, changeRules + failedRules);
}

function addAllChangeRules(scope: Construct, props: Omit<EventsProps, "secrets">): number {
  const { rotated, shared, orchestrator, everySecret } = props;
  if (orchestrator === undefined || everySecret) return addChangeRules(scope, { ...props, secrets: rotated });
  const names = new Set(shared.map(({ partialArn }) => partialArn));
  const others = rotated.filter(({ partialArn }) => !names.has(partialArn));
  const toOrchestrator = { ...props, secrets: shared, fn: orchestrator, prefix: "Shared" };
  return addChangeRules(scope, { ...props, secrets: others }) + addChangeRules(scope, toOrchestrator);
}
