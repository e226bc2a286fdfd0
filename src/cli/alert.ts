import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { describeAwsFault, toAwsFault } from "../adapters/aws-fault.ts";
import { sendAlert, topicFault, topicScope } from "../adapters/sns.ts";
import { alertContext } from "../lambda/alert-context.ts";
import { systemClock } from "../rotation/clock.ts";
import { WaitingNotice } from "../terminal/waiting-notice.ts";
import { type Sample, sampleAlerts } from "./alert-samples.ts";
import { requireAwsConfig } from "./aws.ts";
import { type CommandContext, EXIT } from "./context.ts";
import { UsageError } from "./errors.ts";
import { exampleText } from "./help.ts";
import { jsonOption, valueOption } from "./options.ts";

const TIMEOUT_MS = 15_000;

const DESCRIPTION = `Send one alert of each kind to the alert topic, marked as a test.

This shows whether mail, chat, pager and telephone receive alerts, and how the alerts look.
Filter policies of subscriptions apply, because the alerts have the attributes of real ones.
With ALERT_HTTPS_FORMAT=chat, https subscribers receive the chat message, as from a function.`;

export function alertCommand(context: CommandContext): CommandUnknownOpts {
  return new Command("alert")
    .summary("Send a test alert of each kind to the alert topic")
    .description(DESCRIPTION)
    .requiredOption("--test", "send the test alerts")
    .addOption(valueOption("--topic <arn>", "the alert topic; default: $ALERT_TOPIC_ARN"))
    .addOption(jsonOption())
    .addHelpText("after", exampleText(context.out, [["alert --test", "every kind of alert, to the topic"]]))
    .action(({ topic = context.env["ALERT_TOPIC_ARN"], json = false }) => sendSamples(topic, json, context));
}

interface Sent {
  readonly kind: string;
  readonly subject: string;
  readonly sent: boolean;
  readonly message?: string;
  readonly nextStep?: string;
}

async function sendSamples(topic: string | undefined, json: boolean, context: CommandContext): Promise<void> {
  const { out, err, env } = context;
  if (!topic)
    throw new UsageError("No alert topic is configured.", "Give it with --topic, or set ALERT_TOPIC_ARN.");
  const fault = topicFault(topic);
  if (fault !== undefined) throw new UsageError(`The topic ${fault}.`, "Give another one with --topic.");
  await requireAwsConfig(context);
  const results: Sent[] = [];
  for (const sample of sampleAlerts(sampleContext(env, topic), systemClock.now()))
    results.push(
      await new WaitingNotice(err).during("SNS", () => send({ ...env, ALERT_TOPIC_ARN: topic }, sample)),
    );
  const ok = results.every(({ sent }) => sent);
  out.print(...(json ? [JSON.stringify({ ok, topic, alerts: results }, null, 2)] : lines(results, topic)));
  context.exitWith(ok ? EXIT.ok : EXIT.failed);
}

function sampleContext(env: CommandContext["env"], topic: string) {
  const { partition, region, account } = topicScope(topic);
  const functionName = "FlinkConnectionRotator-Function";
  const invokedFunctionArn = `arn:${partition}:lambda:${region}:${account}:function:${functionName}`;
  return alertContext(env, { functionName, invokedFunctionArn });
}

async function send(env: CommandContext["env"], { kind, alert }: Sample): Promise<Sent> {
  const { subject } = alert;
  try {
    await sendAlert(env, alert, { clock: systemClock, random: Math.random, timeoutMs: TIMEOUT_MS });
    return { kind, subject, sent: true };
  } catch (error) {
    const permission = "sns:Publish on the topic and, if it is encrypted, its KMS key";
    const fault = toAwsFault(error, { caller: "person", service: "SNS", permission });
    const { nextStep = "Check that the topic exists in this account and region: npx . check" } = fault;
    return { kind, subject, sent: false, message: describeAwsFault("It could not be sent", fault), nextStep };
  }
}

function lines(results: readonly Sent[], topic: string): string[] {
  const sent = results.filter((each) => each.sent).length;
  return [
    ...results.flatMap(({ kind, subject, sent: isSent, message, nextStep }) => [
      `${isSent ? "✓" : "✗"} ${kind}: ${subject}`,
      ...[message, nextStep].flatMap((text) => (text === undefined ? [] : [`    ${text}`])),
    ]),
    "",
    `${sent} of ${results.length} test alerts were sent to ${topic}.`,
    ...(sent === 0 ? [] : ["Check that they arrive where people read them."]),
  ];
}
