import type { SecretIdentity } from "./secrets.ts";

type Matcher = string | { readonly prefix: string };
type EventPattern = Readonly<Record<string, unknown>>;
export type PatternOf = (secrets: readonly SecretIdentity[]) => EventPattern;

const SOURCE = ["aws.secretsmanager"];
const EVENT_SOURCE = ["secretsmanager.amazonaws.com"];
const CURRENT_OR_ABSENT = ["AWSCURRENT", { exists: false }];

/** AWSCURRENT of a listed secret moved: the event that Secrets Manager itself sends. */
export const labelUpdated: PatternOf = (secrets) => ({
  source: SOURCE,
  "detail-type": ["Secret Label Updated"],
  resources: arnMatchers(secrets),
  detail: { labelUpdated: ["AWSCURRENT"], name: secrets.map(({ name }) => name) },
});

/** A successful API call that may have moved AWSCURRENT of a listed secret, as CloudTrail tells it. */
export const changeCalled: PatternOf = (secrets) => ({
  source: SOURCE,
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: {
    eventSource: EVENT_SOURCE,
    eventName: ["PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"],
    errorCode: [{ exists: false }],
    requestParameters: {
      secretId: secrets.flatMap(callerSpellings),
      versionStages: CURRENT_OR_ABSENT,
      versionStage: CURRENT_OR_ABSENT,
    },
  },
});

/** A listed secret was created, as CloudTrail tells it: the one call that names the secret elsewhere. */
export const creationCalled: PatternOf = (secrets) => ({
  source: SOURCE,
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: {
    eventSource: EVENT_SOURCE,
    eventName: ["CreateSecret"],
    errorCode: [{ exists: false }],
    requestParameters: { name: secrets.map(({ name }) => name) },
  },
});

/** Secrets Manager finished a rotation of a listed secret, as CloudTrail tells it. */
export const rotationSucceeded: PatternOf = (secrets) => rotationEnded(["RotationSucceeded"], secrets);

/** Secrets Manager gave up a rotation of a listed secret: there is nothing new to push. */
export const rotationBroke: PatternOf = (secrets) =>
  rotationEnded(["RotationFailed", "RotationAbandoned"], secrets);

function rotationEnded(eventName: string[], secrets: readonly SecretIdentity[]): EventPattern {
  const arns = arnMatchers(secrets);
  return {
    source: SOURCE,
    "detail-type": ["AWS Service Event via CloudTrail"],
    detail: {
      eventSource: EVENT_SOURCE,
      eventName,
      $or: [{ additionalEventData: { SecretId: arns } }, { serviceEventDetails: { secretId: arns } }],
    },
  };
}

// A pattern cannot count the six characters of an ARN's suffix, so a prefix also lets "name-other" through;
// "Secret Label Updated" is exact by its name, and the function discards the rest.
function arnMatchers(secrets: readonly SecretIdentity[]): Matcher[] {
  return secrets.map(({ fullArn, partialArn }) => fullArn ?? { prefix: `${partialArn}-` });
}

/** CloudTrail keeps whatever the caller typed. */
function callerSpellings(secret: SecretIdentity): Matcher[] {
  return [secret.name, secret.partialArn, ...arnMatchers([secret])];
}

/** EventBridge refuses a longer pattern unless the account's quota was raised. */
const MAX_PATTERN_LENGTH = 2048;
/** Stands for a partition, region or account that is known only when the stack is deployed; none is longer. */
const PLACEHOLDER = "x".repeat("ap-northeast-1".length);

/** As few patterns as hold all secrets together, each within EventBridge's limit. */
export function patternsWithinLimit(
  patternOf: PatternOf,
  secrets: readonly SecretIdentity[],
): EventPattern[] {
  const groups: SecretIdentity[][] = [[]];
  for (const secret of secrets) {
    const group = groups.at(-1) ?? [];
    const fits = lengthOf(patternOf([...group, secret])) <= MAX_PATTERN_LENGTH;
    if (fits || group.length === 0) group.push(secret);
    else groups.push([secret]);
  }
  return groups.map(patternOf);
}

function lengthOf(pattern: EventPattern): number {
  return JSON.stringify(pattern).replace(/\$\{Token\[.*?\]\}/g, PLACEHOLDER).length;
}
