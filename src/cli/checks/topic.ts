import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { describeAwsFault, toAwsFault } from "../../adapters/aws-fault.ts";
import { topicFault, topicRegion } from "../../adapters/sns.ts";
import { WaitingNotice } from "../../terminal/waiting-notice.ts";
import { awsClientOptions } from "../aws.ts";
import type { Check, Finding } from "./check.ts";

const subject = "alert topic";

/** Whether the alert topic exists and can take an alert. */
export const topicCheck: Check = {
  name: "topic",
  run: async ({ topic, context: { err } }) => {
    if (topic === undefined) return [];
    const problem = topicFault(topic);
    if (problem !== undefined) return [{ subject, state: "failed", message: `The topic ${problem}.` }];
    const region = topicRegion(topic);
    const client = new SNSClient({ ...awsClientOptions(), ...(region !== undefined && { region }) });
    try {
      await new WaitingNotice(err).during("SNS", () =>
        client.send(new GetTopicAttributesCommand({ TopicArn: topic })),
      );
      return [{ subject, state: "passed", message: topic }];
    } catch (error) {
      return [toFinding(topic, error)];
    } finally {
      client.destroy();
    }
  },
};

function toFinding(topic: string, error: unknown): Finding {
  const permission = "sns:GetTopicAttributes on the topic";
  const fault = toAwsFault(error, { caller: "person", service: "SNS", permission });
  const { nextStep = "Check that the topic exists in this account and region." } = fault;
  return { subject, state: "failed", message: describeAwsFault(topic, fault), nextStep };
}
