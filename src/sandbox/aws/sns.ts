import { randomUUID } from "node:crypto";
import { AwsError } from "./error.ts";
import { attributesOf, type MessageAttribute } from "./sns-attributes.ts";
import { element, type Xml } from "./xml.ts";

const MAX_MESSAGE_BYTES = 262_144;

/** A message as a topic received it. */
export interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  readonly messageStructure: string | undefined;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** The number of a topic's subscriptions. */
export interface Subscriptions {
  readonly confirmed: number;
  readonly pending: number;
}

export interface Topics {
  /** The part of a topic's ARN before its name. */
  readonly arnPrefix: string;
  /** By ARN. */
  readonly subscriptions: Map<string, Subscriptions>;
  readonly published: PublishedMessage[];
}

type Operation = (topics: Topics, input: URLSearchParams) => Xml[];

const invalid = (what: string) => new AwsError("InvalidParameter", `Invalid parameter: ${what}`);

/** @returns its ARN. */
export function addTopic(
  { arnPrefix, subscriptions }: Topics,
  name: string,
  subscribers: Subscriptions = { confirmed: 1, pending: 0 },
): string {
  subscriptions.set(arnPrefix + name, subscribers);
  return arnPrefix + name;
}

function existingTopic({ subscriptions }: Topics, topicArn: string | null): string {
  if (!topicArn) throw invalid("TopicArn or TargetArn Reason: no value for required parameter");
  if (!topicArn.startsWith("arn:")) throw invalid("TopicArn");
  if (!subscriptions.has(topicArn)) throw new AwsError("NotFound", "Topic does not exist");
  return topicArn;
}

function publish(topics: Topics, input: URLSearchParams): Xml[] {
  const topicArn = existingTopic(topics, input.get("TopicArn") ?? input.get("TargetArn"));
  const message = input.get("Message") ?? "";
  const subject = input.get("Subject") ?? undefined;
  const messageStructure = input.get("MessageStructure") ?? undefined;
  const attributes = attributesOf(input);
  checkSize(message, attributes);
  checkSubject(subject);
  checkStructure(message, messageStructure);
  const messageId = randomUUID();
  topics.published.push({ messageId, topicArn, subject, message, messageStructure, attributes });
  return [element("MessageId", messageId)];
}

function checkSize(message: string, attributes: Readonly<Record<string, MessageAttribute>>): void {
  if (message === "") throw invalid("Empty message");
  const texts = Object.entries(attributes).flatMap(([name, { type, value }]) => [name, type, value]);
  if (Buffer.byteLength(message + texts.join("")) > MAX_MESSAGE_BYTES) throw invalid("Message too long");
}

function checkSubject(subject: string | undefined): void {
  if (subject !== undefined && !/^[^\p{Cc}]{1,99}$/u.test(subject)) throw invalid("Subject");
}

function checkStructure(message: string, structure: string | undefined): void {
  if (structure === undefined) return;
  if (structure !== "json") throw invalid("MessageStructure");
  const texts = parseObject(message);
  if (!texts) throw invalid("Message Structure - JSON message body failed to parse");
  if (typeof texts["default"] !== "string")
    throw invalid("Message Structure - No default entry in JSON message body");
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    return parsed instanceof Object ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

function getTopicAttributes(topics: Topics, input: URLSearchParams): Xml[] {
  const topicArn = existingTopic(topics, input.get("TopicArn"));
  const { confirmed = 0, pending = 0 } = topics.subscriptions.get(topicArn) ?? {};
  const attributes = {
    TopicArn: topicArn,
    SubscriptionsConfirmed: String(confirmed),
    SubscriptionsPending: String(pending),
  };
  const entries = Object.entries(attributes).map(([key, value]) =>
    element("entry", element("key", key), element("value", value)),
  );
  return [element("Attributes", ...entries)];
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["Publish", publish],
  ["GetTopicAttributes", getTopicAttributes],
]);

/**
 * Handles one call of Amazon SNS.
 * @returns the elements of its result.
 * @throws AwsError with the code and message that AWS returns.
 */
export function callSns(topics: Topics, operation: string, input: URLSearchParams): Xml[] {
  const run = OPERATIONS.get(operation);
  if (!run)
    throw new AwsError("InvalidAction", `Could not find operation ${operation} for version 2010-03-31`);
  return run(topics, input);
}
