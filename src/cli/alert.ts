import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { describeAwsFault, toAwsFault } from "../adapters/aws-fault.ts";
import { sendAlert, topicFault, topicScope } from "../adapters/sns.ts";
import { alertContext } from "../lambda/alert-context.ts";
import { systemClock } from "../rotation/clock.ts";
import { regionOption } from "../rotation/shell.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { WaitingNotice } from "../terminal/waiting-notice.ts";
import { type Sample, sampleAlerts } from "./alert-samples.ts";
import { callError, requireAwsConfig } from "./aws.ts";
import { type CommandContext, EXIT } from "./context.ts";
import { UsageError } from "./errors.ts";
import { exampleText } from "./help.ts";
import { jsonOption, valueOption } from "./options.ts";
import { factLines } from "./problem.ts";

const TIMEOUT_MS = 15_000;
const PUBLISH = {
  service: "SNS",
  permission: "sns:Publish on the topic and, if it is encrypted, its KMS key",
};

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
    results.push(await new WaitingNotice(err).during("SNS", () => send({ context, topic }, sample)));
  const ok = results.every(({ sent }) => sent);
  out.print(
    ...(json ? [JSON.stringify({ ok, topic, alerts: results }, null, 2)] : lines(out, results, topic)),
  );
  context.exitWith(ok ? EXIT.ok : EXIT.failed);
}

function sampleContext(env: CommandContext["env"], topic: string) {
  const { partition, region, account } = topicScope(topic);
  const functionName = "FlinkConnectionRotator-Function";
  const invokedFunctionArn = `arn:${partition}:lambda:${region}:${account}:function:${functionName}`;
  return alertContext(env, { functionName, invokedFunctionArn });
}

async function send(
  { context, topic }: { readonly context: CommandContext; readonly topic: string },
  { kind, alert }: Sample,
): Promise<Sent> {
  const { subject } = alert;
  const env = { ...context.env, ALERT_TOPIC_ARN: topic };
  try {
    await sendAlert(env, alert, { clock: systemClock, random: Math.random, timeoutMs: TIMEOUT_MS });
    return { kind, subject, sent: true };
  } catch (error) {
    const { region } = topicScope(topic);
    const hint = `Compare the ARN with the topics that exist: aws sns list-topics${regionOption(region)}`;
    const fault = toAwsFault(error, { ...PUBLISH, caller: "person" });
    if (fault.kind === "signed-out" || fault.kind === "unreachable")
      throw callError("The test alerts could not be sent", error, { ...PUBLISH, hint }, context);
    const { nextStep = hint } = fault;
    return { kind, subject, sent: false, message: describeAwsFault("It could not be sent", fault), nextStep };
  }
}

/** Alerts with the same problem share its text. */
function lines(terminal: Terminal, results: readonly Sent[], topic: string): string[] {
  const sent = results.filter((each) => each.sent).length;
  const problems = new Set(
    results.flatMap(({ message, nextStep }) =>
      message === undefined ? [] : factLines(terminal, { message, ...(nextStep && { nextStep }) }).join("\n"),
    ),
  );
  return [
    ...results.flatMap((result) => resultLines(terminal, result)),
    ...problems,
    "",
    ...terminal.wrap(`${sent} of ${results.length} test alerts were sent to ${topic}.`),
    ...(sent === 0 ? [] : terminal.wrap("Check that they arrive where people read them.")),
  ];
}

function resultLines(terminal: Terminal, { kind, subject, sent }: Sent): string[] {
  const [first = "", ...rest] = terminal.wrap(`${kind}: ${subject}`, "    ");
  return [`${terminal.mark(sent)} ${first.trimStart()}`, ...rest];
}
