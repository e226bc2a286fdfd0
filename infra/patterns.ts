import { deployedLength, LIMITS } from "./limits.ts";
import type { SecretIdentity } from "./secrets.ts";

type Matcher = string | { readonly prefix: string };
export type EventPattern = Readonly<Record<string, unknown>>;

/** Makes the event pattern for secrets of one account and region. */
export type PatternFactory = (secrets: readonly SecretIdentity[]) => EventPattern;

const EVENT_SOURCE = ["secretsmanager.amazonaws.com"];
const CURRENT_OR_ABSENT = ["AWSCURRENT", { exists: false }];

/** AWSCURRENT of a listed secret moved: the event that Secrets Manager itself sends. */
export const labelUpdated: PatternFactory = (secrets) => ({
  ...originOf(secrets),
  "detail-type": ["Secret Label Updated"],
  resources: arnMatchers(secrets),
  detail: { labelUpdated: ["AWSCURRENT"], name: secrets.map(({ name }) => name) },
});

/** A successful API call that may have moved AWSCURRENT of a listed secret, as CloudTrail reports it. */
export const changedByApiCall: PatternFactory = (secrets) => ({
  ...originOf(secrets),
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: {
    eventSource: EVENT_SOURCE,
    eventName: ["PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"],
    errorCode: [{ exists: false }],
    requestParameters: {
      secretId: secrets.flatMap(secretIdMatchers),
      versionStages: CURRENT_OR_ABSENT,
      versionStage: CURRENT_OR_ABSENT,
    },
  },
});

/** A listed secret was created, as CloudTrail reports it. This call has the secret in another parameter. */
export const createdByApiCall: PatternFactory = (secrets) => ({
  ...originOf(secrets),
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: {
    eventSource: EVENT_SOURCE,
    eventName: ["CreateSecret"],
    errorCode: [{ exists: false }],
    requestParameters: { name: secrets.map(({ name }) => name) },
  },
});

/** Secrets Manager finished a rotation of a listed secret, as CloudTrail reports it. */
export const rotationSucceeded: PatternFactory = (secrets) => rotationEnded(["RotationSucceeded"], secrets);

/** Secrets Manager could not rotate a listed secret, so there is no new key. */
export const rotationFailed: PatternFactory = (secrets) =>
  rotationEnded(["RotationFailed", "RotationAbandoned"], secrets);

function rotationEnded(eventName: string[], secrets: readonly SecretIdentity[]): EventPattern {
  const arns = arnMatchers(secrets);
  return {
    ...originOf(secrets),
    "detail-type": ["AWS Service Event via CloudTrail"],
    detail: {
      eventSource: EVENT_SOURCE,
      eventName,
      $or: [{ additionalEventData: { SecretId: arns } }, { serviceEventDetails: { secretId: arns } }],
    },
  };
}

/** Another account can have a secret of the same name and send its events to this event bus. */
function originOf(secrets: readonly SecretIdentity[]): EventPattern {
  return {
    source: ["aws.secretsmanager"],
    account: [...new Set(secrets.map(({ account }) => account))],
    region: [...new Set(secrets.map(({ region }) => region))],
  };
}

// A pattern cannot count the six characters of an ARN's suffix, so a prefix also matches "name-other".
// "Secret Label Updated" matches the exact name as well; the function ignores the other events.
function arnMatchers(secrets: readonly SecretIdentity[]): Matcher[] {
  return secrets.map(({ fullArn, partialArn }) => fullArn ?? { prefix: `${partialArn}-` });
}

/** CloudTrail records the secret's id as the caller wrote it. */
function secretIdMatchers(secret: SecretIdentity): Matcher[] {
  return [secret.name, secret.partialArn, ...arnMatchers([secret])];
}

/** The smallest number of patterns for all secrets within EventBridge's limit. */
export function patternsWithinLimit(
  patternOf: PatternFactory,
  secrets: readonly SecretIdentity[],
): EventPattern[] {
  const byOrigin = Map.groupBy(secrets, ({ account, region }) => `${account}/${region}`);
  return [...byOrigin.values()].flatMap((group) => split(patternOf, group).map(patternOf));
}

function split(patternOf: PatternFactory, secrets: readonly SecretIdentity[]): SecretIdentity[][] {
  const groups: SecretIdentity[][] = [];
  for (const secret of secrets) {
    const group = groups.at(-1);
    const fits = group && lengthOf(patternOf([...group, secret])) <= LIMITS.eventPatternCharacters;
    if (fits) group.push(secret);
    else groups.push([secret]);
  }
  return groups;
}

function lengthOf(pattern: EventPattern): number {
  return deployedLength(JSON.stringify(pattern));
}

const FIELDS_OF_SECRETS: readonly string[] = ["resources", "name", "secretId", "$or"];

/** One pattern for every secret of an account and region, listed or not. */
export function patternOfEverySecret(patternOf: PatternFactory, anySecret: SecretIdentity): EventPattern {
  return withoutSecrets(patternOf([anySecret]));
}

function withoutSecrets(pattern: object): EventPattern {
  const kept = Object.entries(pattern).filter(([field]) => !FIELDS_OF_SECRETS.includes(field));
  return Object.fromEntries(
    kept.map(([field, value]) => [field, Array.isArray(value) ? value : withoutSecrets(Object(value))]),
  );
}
