import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { describeAwsFault, toAwsFault } from "../../adapters/aws-fault.ts";
import { topicFault, topicRegion } from "../../adapters/sns.ts";
import { WaitingNotice } from "../../terminal/waiting-notice.ts";
import { awsClientOptions } from "../aws.ts";
import type { Check, Finding } from "./check.ts";

const subject = "alert topic";

/** Whether the alert topic exists, can receive an alert and has subscribers. */
export const topicCheck: Check = {
  name: "topic",
  run: async ({ topic, context: { err } }) => {
    if (topic === undefined) return [];
    const problem = topicFault(topic);
    if (problem !== undefined) return [{ subject, state: "failed", message: `The topic ${problem}.` }];
    const region = topicRegion(topic);
    const client = new SNSClient({ ...awsClientOptions(), ...(region !== undefined && { region }) });
    try {
      const { Attributes = {} } = await new WaitingNotice(err).during("SNS", () =>
        client.send(new GetTopicAttributesCommand({ TopicArn: topic })),
      );
      return [{ subject, state: "passed", message: topic }, ...remarksOnSubscribers(Attributes)];
    } catch (error) {
      return [toFinding(topic, error)];
    } finally {
      client.destroy();
    }
  },
};

/** SNS counts e-mail addresses as pending until their owners open the link in SNS's mail. */
function remarksOnSubscribers(attributes: Readonly<Record<string, string>>): readonly Finding[] {
  const { SubscriptionsConfirmed: confirmed = "", SubscriptionsPending: pending = "0" } = attributes;
  if (confirmed !== "0") return [];
  const remark = { subject, state: "remark" } as const;
  if (Number(pending) === 0) {
    const nextStep = "Subscribe an e-mail address, a chat channel or a pager to it; see docs/alerts.md.";
    return [
      { ...remark, message: "Nobody is subscribed to the topic, so nobody receives alerts.", nextStep },
    ];
  }
  const message = `None of the subscriptions to the topic is confirmed (${pending} pending), so nobody receives alerts.`;
  return [{ ...remark, message, nextStep: "Open the link in the mail that AWS sent to the address." }];
}

function toFinding(topic: string, error: unknown): Finding {
  const permission = "sns:GetTopicAttributes on the topic";
  const fault = toAwsFault(error, { caller: "person", service: "SNS", permission });
  const { nextStep = "Check that the topic exists in this account and region." } = fault;
  return { subject, state: "failed", message: describeAwsFault(topic, fault), nextStep };
}
