import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { describeAwsFault, toAwsFault } from "../adapters/aws-fault.ts";
import { topicFault, topicRegion } from "../adapters/sns.ts";
import type { Config } from "../config/load.ts";
import { qualifiedName } from "../rotation/connection.ts";
import type { RunDependencies } from "../rotation/dependencies.ts";
import { ConfigError, RotationError } from "../rotation/errors.ts";
import { asResult } from "../rotation/outcome.ts";
import { TextResolver } from "../rotation/text-resolver.ts";
import { run } from "../run.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { counted } from "../terminal/text.ts";
import { WaitingNotice } from "../terminal/waiting-notice.ts";
import { awsClientOptions } from "./aws.ts";
import { type CommandContext, EXIT, type ExitCode } from "./context.ts";
import { exampleText } from "./help.ts";
import { createLog } from "./log.ts";
import { configOption, jsonOption, valueOption } from "./options.ts";
import { environmentProblem, factLines, factsOf } from "./problem.ts";
import { listConfigured, SHORT_WAITS, withReadOnlyClients } from "./read-only.ts";
import { runOptions } from "./run-options.ts";
import { loadConfig, triggerFor } from "./selection.ts";
import { silenceRemark } from "./silence.ts";

const TIMEOUT_MS = 300_000;

interface Check {
  readonly subject: string;
  readonly ok: boolean;
  readonly message: string;
  /** The other side's own words. */
  readonly detail?: string;
  readonly requestId?: string;
  readonly nextStep?: string;
}

const DESCRIPTION = `Check the configuration, secrets, environments, connections and the alert topic.

Nothing is written, so the command suits a pipeline before a deployment.
It uses your own permissions, not those of the function's role.
The exit code is 1 if a check fails, and 2 if connections.json is invalid.`;

export function checkCommand(context: CommandContext): CommandUnknownOpts {
  const { out } = context;
  return new Command("check")
    .summary("Check configuration, secrets, environments, connections and alert topic")
    .description(DESCRIPTION)
    .addOption(valueOption("--topic <arn>", "the alert topic; default: $ALERT_TOPIC_ARN"))
    .addOption(jsonOption())
    .addOption(configOption())
    .addHelpText(
      "after",
      exampleText(out, [
        ["check", "everything in connections.json"],
        ["check --config connections.json --json", "a file before its deployment, as JSON"],
      ]),
    )
    .action(async ({ topic, json = false, config: file }) => {
      const { checks, code } = await runChecks({ file, topic }, context);
      const ok = code === EXIT.ok;
      out.print(...(json ? [JSON.stringify({ ok, checks }, null, 2)] : checkLines(out, checks)));
      context.exitWith(code);
    });
}

async function runChecks(
  { file, topic }: { file: string | undefined; topic: string | undefined },
  context: CommandContext,
): Promise<{ checks: readonly Check[]; code: ExitCode }> {
  const subject = "configuration";
  let config: Config;
  try {
    config = loadConfig(file, context);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { checks: error.issues.map((message) => ({ subject, ok: false, message })), code: EXIT.usage };
  }
  const environments = await withReadOnlyClients(config, context, (clients) =>
    checkEnvironments(clients, config),
  );
  const reachable = new Set(environments.flatMap(({ name, result }) => (result.ok ? [name] : [])));
  const checks = [
    { subject, ok: true, message: `${counted(config.connections.length, "connection")}, no faults` },
    ...environments.map(({ result }) => result),
    ...(await checkConnections(config, reachable, context)),
    ...(await checkTopic(topic ?? context.env["ALERT_TOPIC_ARN"], context)),
  ];
  return { checks, code: checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed };
}

async function checkEnvironments(
  context: RunDependencies,
  config: Config,
): Promise<{ name: string; result: Check }[]> {
  const texts = new TextResolver(context);
  const all = [...config.environments.values()].map(async (environment) => {
    const { name, environmentId } = environment;
    const subject = `environment ${name}`;
    const listed = await asResult(context, () => listConfigured(context, environment));
    if (listed instanceof RotationError) {
      const { nextStep, ...problem } = environmentProblem(listed, environment);
      const shown = { message: listed.message, ...texts.show(problem), ...(nextStep && { nextStep }) };
      return { name, result: { subject, ok: false, ...shown } };
    }
    const phases = [...listed.values()].map(({ phase }) => phase);
    const remark = silenceRemark(phases, config.verification.require);
    const count = `${counted(listed.size, "connection")} in ${environmentId}`;
    const message = [count, ...(remark === undefined ? [] : [remark])].join(". ");
    return { name, result: { subject, ok: true, message } };
  });
  return Promise.all(all);
}

/** A dry run: reads secrets and connections and builds every payload. */
async function checkConnections(
  config: Config,
  reachable: ReadonlySet<string>,
  context: CommandContext,
): Promise<Check[]> {
  const selected = config.connections.filter(({ environment }) => reachable.has(environment));
  if (selected.length === 0) return [];
  const options = { ...runOptions(createLog(context), TIMEOUT_MS), confluent: SHORT_WAITS };
  const { report } = await new WaitingNotice(context.err).during("secrets and connections", () =>
    run(config, triggerFor(selected, config, true), options),
  );
  return report.connections.map((outcome) => {
    const ok = outcome.outcome === "planned";
    const message = `${outcome.secret}: ${outcome.message ?? outcome.outcome}`;
    return {
      subject: qualifiedName(outcome),
      ok,
      message,
      ...(!ok && factsOf(outcome)),
    };
  });
}

async function checkTopic(topicArn: string | undefined, { err }: CommandContext): Promise<Check[]> {
  if (!topicArn) return [];
  const subject = "alert topic";
  const problem = topicFault(topicArn);
  if (problem !== undefined) return [{ subject, ok: false, message: `The topic ${problem}.` }];
  const region = topicRegion(topicArn);
  const client = new SNSClient({
    ...awsClientOptions(),
    ...(region !== undefined && { region }),
  });
  try {
    await new WaitingNotice(err).during("SNS", () =>
      client.send(new GetTopicAttributesCommand({ TopicArn: topicArn })),
    );
    return [{ subject, ok: true, message: topicArn }];
  } catch (error) {
    const permission = "sns:GetTopicAttributes on the topic";
    const fault = toAwsFault(error, { caller: "person", service: "SNS", permission });
    const { nextStep = "Check that the topic exists in this account and region." } = fault;
    return [{ subject, ok: false, message: describeAwsFault(topicArn, fault), nextStep }];
  } finally {
    client.destroy();
  }
}

function checkLines(terminal: Terminal, checks: readonly Check[]): string[] {
  const failed = checks.filter(({ ok }) => !ok).length;
  return [
    ...checks.flatMap(({ subject, ok, message, ...facts }) => [
      `${ok ? terminal.paint("green", "✓") : terminal.paint("red", "✗")} ${subject}: ${message}`,
      ...factLines(facts),
    ]),
    "",
    failed === 0 ? "All checks passed." : `${failed} of ${checks.length} checks failed.`,
  ];
}
