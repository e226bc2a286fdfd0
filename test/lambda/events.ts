export const ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/openai-a1B2c3";
export const VERSION = "11111111-2222-3333-4444-555555555555";

export function labelUpdated(detail: object = {}, resources: readonly string[] = [ARN]) {
  return {
    version: "0",
    id: "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": "Secret Label Updated",
    source: "aws.secretsmanager",
    account: "123456789012",
    time: "2026-03-21T10:00:00Z",
    region: "us-east-1",
    resources,
    detail: { name: "prod/openai", labelUpdated: "AWSCURRENT", versionId: VERSION, ...detail },
  };
}

export function apiCall(eventName: string, requestParameters: unknown, detail: object = {}) {
  return {
    version: "0",
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.secretsmanager",
    resources: [],
    detail: {
      eventVersion: "1.11",
      userIdentity: { type: "AssumedRole" },
      eventSource: "secretsmanager.amazonaws.com",
      eventName,
      requestParameters,
      responseElements: null,
      ...detail,
    },
  };
}

export function serviceEvent(eventName: string, detail: object = {}) {
  return {
    version: "0",
    "detail-type": "AWS Service Event via CloudTrail",
    source: "aws.secretsmanager",
    resources: [],
    detail: {
      eventType: "AwsServiceEvent",
      eventSource: "secretsmanager.amazonaws.com",
      eventName,
      ...detail,
    },
  };
}

export const SCHEDULED = { version: "0", "detail-type": "Scheduled Event", resources: ["rule"], detail: {} };
export const CHANGE = { kind: "secret-change", secret: "openai" };
