import { type MessageAttributeValue, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Alert } from "../rotation/report/alert.ts";
import { cutToFit, type Report } from "../rotation/report/report.ts";
import { awsProxyOptions } from "./proxy.ts";

/** Below SNS's limit of 256 KB for message and attributes together. */
const MAX_MESSAGE_BYTES = 250_000;

/** Leaves room for JSON's escapes; only the faults of a very wrong connections.json need more. */
const MAX_TEXT_BYTES = 100_000;

/** Endpoints that get the report itself instead of the text. */
const MACHINES = ["sqs", "lambda", "https"] as const;

/** Publishes to the topic that ALERT_TOPIC_ARN names. @throws Error without one; what SNS answers, or a TimeoutError. */
export async function sendAlert(
  env: Readonly<Record<string, string | undefined>>,
  alert: Alert,
  timeoutMs: number,
): Promise<void> {
  const topicArn = env["ALERT_TOPIC_ARN"];
  if (!topicArn) throw new Error("ALERT_TOPIC_ARN is not set");
  const client = createAlertClient();
  try {
    await publishAlert(client, alert, { topicArn, timeoutMs });
  } finally {
    client.destroy();
  }
}

/** A client that gives up within the time that is kept for an alert. */
function createAlertClient(): SNSClient {
  return new SNSClient({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: 3_000,
      throwOnRequestTimeout: true,
      ...awsProxyOptions(),
    },
  });
}

/** @throws what SNS answers, or a TimeoutError. */
export async function publishAlert(
  client: Pick<SNSClient, "send">,
  alert: Alert,
  { topicArn, timeoutMs }: { topicArn: string; timeoutMs: number },
): Promise<void> {
  const command = new PublishCommand({
    TopicArn: topicArn,
    Subject: alert.subject,
    Message: messageOf(alert),
    MessageStructure: "json",
    MessageAttributes: Object.fromEntries(
      Object.entries(alert.attributes).map(([name, values]) => [name, toAttribute(values)]),
    ),
  });
  await client.send(command, { abortSignal: AbortSignal.timeout(Math.max(1, Math.floor(timeoutMs))) });
}

/** The text for people, the report for machines; the list in the report is cut until it fits, its counts are not. */
function messageOf({ text, report }: Alert): string {
  const shortened = shorten(text);
  if (report === undefined) return JSON.stringify({ default: shortened });
  const withReport = (machine: Report): string => {
    const forMachines = MACHINES.map((protocol) => [protocol, JSON.stringify(machine)]);
    return JSON.stringify({ default: shortened, ...Object.fromEntries(forMachines) });
  };
  const fits = (shorter: Report) => Buffer.byteLength(withReport(shorter)) <= MAX_MESSAGE_BYTES;
  return withReport(cutToFit(report, fits));
}

function shorten(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_TEXT_BYTES) return text;
  const halfACharacter = /\uFFFD+$/;
  return `${bytes.subarray(0, MAX_TEXT_BYTES).toString().replace(halfACharacter, "")}…`;
}

function toAttribute(values: readonly string[]): MessageAttributeValue {
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? { DataType: "String", StringValue: only }
    : { DataType: "String.Array", StringValue: JSON.stringify(values) };
}
