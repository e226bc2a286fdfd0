import { type MessageAttributeValue, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Alert } from "../rotation/alert/alert.ts";
import type { Clock } from "../rotation/clock.ts";
import { cutToFit, type Report } from "../rotation/report/report.ts";
import type { AwsScope } from "../rotation/secret-id.ts";
import { NotAwsError, withAwsRetry } from "./aws-retry.ts";
import { awsProxyOptions } from "./proxy.ts";

/** Below SNS's limit of 256 KB for message and attributes together. */
const MAX_MESSAGE_BYTES = 250_000;

/** Leaves room for JSON escapes. Only the issues of a very faulty connections.json need more. */
const MAX_TEXT_BYTES = 100_000;

/** The protocols that receive the report instead of the text, `https` unless ALERT_HTTPS_FORMAT is `chat`. */
const MACHINES = ["sqs", "lambda", "https"] as const;

/** What subscribers with the protocol `https` receive. */
const HTTPS_FORMATS = ["report", "chat"] as const;
type HttpsFormat = (typeof HTTPS_FORMATS)[number];

const ATTEMPT_TIMEOUT_MS = 3_000;
const MAX_DELAY_MS = 1_000;
/** The last attempt starts this long before the time is up, since no later one can send the alert. */
const LAST_ATTEMPT_MS = 300;

export interface AlertOptions {
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  /** How long the alert is attempted, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Publishes to the topic in ALERT_TOPIC_ARN, in the topic's region.
 * @throws Error if it is not the ARN of a usable topic, otherwise SNS's last error.
 */
export async function sendAlert(
  env: Readonly<Record<string, string | undefined>>,
  alert: Alert,
  options: AlertOptions,
): Promise<void> {
  const topicArn = env["ALERT_TOPIC_ARN"];
  if (!topicArn) throw new Error("ALERT_TOPIC_ARN is not set");
  const fault = topicFault(topicArn);
  if (fault !== undefined) throw new Error(`ALERT_TOPIC_ARN ${fault}`);
  const client = createAlertClient(topicArn);
  try {
    const httpsFormat = env["ALERT_HTTPS_FORMAT"] === "chat" ? "chat" : "report";
    await publishAlert(client, alert, { topicArn, httpsFormat, ...options });
  } finally {
    client.destroy();
  }
}

/** Why alerts cannot be published to a topic with this ARN; `undefined` if they can. */
export function topicFault(topicArn: string): string | undefined {
  if (!TOPIC_ARN.test(topicArn))
    return `is ${topicArn.slice(0, 300)}, which is not the ARN of an SNS topic, such as arn:aws:sns:us-east-1:123456789012:alerts`;
  if (topicArn.endsWith(".fifo"))
    return `is ${topicArn}, a FIFO topic, which cannot deliver to e-mail, chat or HTTPS; name a standard topic`;
  return undefined;
}

const TOPIC_ARN = /^arn:([\w-]+):sns:([a-z0-9-]+):(\d{12}):[\w-]{1,256}(\.fifo)?$/;

/** The account and region in a topic's ARN; empty if it is not an ARN. */
export function topicScope(topicArn: string): AwsScope {
  const [, partition = "", region = "", account = ""] = TOPIC_ARN.exec(topicArn) ?? [];
  return { partition, region, account };
}

export function topicRegion(topicArn: string): string | undefined {
  return topicScope(topicArn).region || undefined;
}

/** Makes single attempts, because `publishAlert` retries within the remaining time. */
function createAlertClient(topicArn: string): SNSClient {
  const region = topicRegion(topicArn);
  return new SNSClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: ATTEMPT_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      ...awsProxyOptions(),
    },
    ...(region !== undefined && { region }),
  });
}

interface PublishOptions extends AlertOptions {
  readonly topicArn: string;
  readonly httpsFormat: HttpsFormat;
}

/** @throws SNS's last error. */
export async function publishAlert(
  client: Pick<SNSClient, "send">,
  alert: Alert,
  { topicArn, httpsFormat, clock, random, timeoutMs }: PublishOptions,
): Promise<void> {
  const command = new PublishCommand({
    TopicArn: topicArn,
    Subject: alert.subject,
    Message: messageOf(alert, httpsFormat),
    MessageStructure: "json",
    MessageAttributes: Object.fromEntries(
      Object.entries(alert.attributes).map(([name, values]) => [name, toAttribute(values)]),
    ),
  });
  const publish = async (abortSignal: AbortSignal): Promise<void> => {
    const { MessageId } = await client.send(command, { abortSignal });
    if (!MessageId) throw new NotAwsError("The response has no message id, so SNS did not accept the alert.");
  };
  const retryMs = Math.max(1, Math.floor(timeoutMs));
  await withAwsRetry(publish, {
    clock,
    random,
    deadlineAt: clock.now() + retryMs,
    retryMs,
    maxDelayMs: MAX_DELAY_MS,
    lastAttemptMs: LAST_ATTEMPT_MS,
    // Leaves time for a second attempt if the first hangs.
    attemptTimeoutMs: Math.min(ATTEMPT_TIMEOUT_MS, retryMs / 2),
  });
}

/** A text for each kind of subscriber. The list in the report is cut until the message fits; its counts are not. */
function messageOf({ text, sms, chat, report }: Alert, httpsFormat: HttpsFormat): string {
  const forPeople = { default: shorten(text), sms };
  const forChat = httpsFormat === "chat" ? { https: chat } : {};
  if (report === undefined) return JSON.stringify({ ...forPeople, ...forChat });
  const withReport = (machine: Report): string => {
    const forMachines = MACHINES.map((protocol) => [protocol, JSON.stringify(machine)]);
    return JSON.stringify({ ...forPeople, ...Object.fromEntries(forMachines), ...forChat });
  };
  const fits = (shorter: Report) => Buffer.byteLength(withReport(shorter)) <= MAX_MESSAGE_BYTES;
  return withReport(cutToFit(report, fits));
}

function shorten(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_TEXT_BYTES) return text;
  const incompleteCharacter = /\uFFFD+$/;
  return `${bytes.subarray(0, MAX_TEXT_BYTES).toString().replace(incompleteCharacter, "")}…`;
}

function toAttribute(values: readonly string[]): MessageAttributeValue {
  const [only] = values;
  return values.length === 1 && only !== undefined
    ? { DataType: "String", StringValue: only }
    : { DataType: "String.Array", StringValue: JSON.stringify(values) };
}
