import { ACCOUNT, REGION } from "./synthesis.ts";

const event = (detailType: string, resources: string[], detail: object, account: string) => ({
  version: "0",
  id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
  "detail-type": detailType,
  source: "aws.secretsmanager",
  account,
  time: "2026-02-06T16:43:48Z",
  region: REGION,
  resources,
  detail,
});

/** The event that Secrets Manager itself sends. */
export function labelUpdated(arn: string, labelUpdated = "AWSCURRENT") {
  const [, , , , account = ACCOUNT] = arn.split(":");
  const name = arn.slice(arn.indexOf(":secret:") + ":secret:".length, -"-AbCdEf".length);
  const detail = { name, labelUpdated, versionId: "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111" };
  return event("Secret Label Updated", [arn], detail, account);
}

/** A call to Secrets Manager, as CloudTrail reports it. */
export function apiCall(eventName: string, requestParameters: object, more: object = {}) {
  const detail = {
    eventVersion: "1.11",
    eventSource: "secretsmanager.amazonaws.com",
    eventName,
    awsRegion: REGION,
    requestParameters,
    responseElements: null,
    eventType: "AwsApiCall",
    recipientAccountId: ACCOUNT,
    ...more,
  };
  return event("AWS API Call via CloudTrail", [], detail, ACCOUNT);
}

/** An action of Secrets Manager itself, as CloudTrail reports it, in the older or the newer shape. */
export function serviceEvent(eventName: string, arn: string, shape: "additional" | "details" = "additional") {
  const detail = {
    eventVersion: "1.11",
    eventSource: "secretsmanager.amazonaws.com",
    eventName,
    awsRegion: REGION,
    requestParameters: null,
    responseElements: null,
    ...(shape === "additional"
      ? { additionalEventData: { SecretId: arn } }
      : { serviceEventDetails: { secretId: arn } }),
    eventType: "AwsServiceEvent",
    recipientAccountId: ACCOUNT,
  };
  return event("AWS Service Event via CloudTrail", [], detail, ACCOUNT);
}
