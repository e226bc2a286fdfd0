import { GetTopicAttributesCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Config } from "../config/load.ts";
import { qualifiedName } from "../rotation/connection.ts";
import type { RunContext, RunLog } from "../rotation/dependencies.ts";
import { ConfigError, RotationError } from "../rotation/errors.ts";
import { run } from "../run.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { counted } from "../terminal/text.ts";
import {
  CONFIG_OPTION,
  type Command,
  type Context,
  EXIT,
  type ExitCode,
  type Input,
  JSON_OPTION,
} from "./command.ts";
import { logTo } from "./log.ts";
import { listConnections, reading, settled } from "./read-only.ts";
import { runOptions } from "./run-options.ts";
import { loadConfig, triggerFor } from "./selection.ts";

const TIMEOUT_MS = 300_000;

/** One thing that was looked at. */
interface Check {
  readonly subject: string;
  readonly ok: boolean;
  readonly message: string;
  readonly nextStep?: string;
}

export const check: Command = {
  summary: "Checks configuration, secrets, environments, connections and topic; writes nothing",
  about: [
    "Made for a pipeline before a deployment. It checks what you may do, not what the function's role may.",
    "Exit code 1 where something is wrong, 2 where connections.json itself is.",
  ],
  options: {
    topic: { value: "ARN", help: "the alert topic; ALERT_TOPIC_ARN by default" },
    ...JSON_OPTION,
    ...CONFIG_OPTION,
  },
  examples: [
    ["check", "everything that connections.json names"],
    ["check --config connections.json --json", "a file before it is deployed, for a script"],
  ],
  run: async (input, context) => {
    const { out } = context;
    const { checks, code } = await lookAtAll(input, context);
    const ok = code === EXIT.ok;
    out.print(...(input.flag("json") ? [JSON.stringify({ ok, checks }, null, 2)] : lines(out, checks)));
    return code;
  },
};

async function lookAtAll(
  input: Input,
  context: Context,
): Promise<{ checks: readonly Check[]; code: ExitCode }> {
  const subject = "configuration";
  let config: Config;
  try {
    config = loadConfig(input, context);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { checks: error.issues.map((message) => ({ subject, ok: false, message })), code: EXIT.usage };
  }
  const log = logTo(context, input.flag("verbose"));
  const environments = await reading(config, log, (context) => checkEnvironments(context, config));
  const reachable = new Set(environments.flatMap(({ name, result }) => (result.ok ? [name] : [])));
  const checks = [
    { subject, ok: true, message: `${counted(config.connections.length, "connection")}, no fault` },
    ...environments.map(({ result }) => result),
    ...(await checkConnections(config, reachable, log)),
    ...(await checkTopic(input.text("topic") ?? context.env["ALERT_TOPIC_ARN"])),
  ];
  return { checks, code: checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed };
}

async function checkEnvironments(
  context: RunContext,
  config: Config,
): Promise<{ name: string; result: Check }[]> {
  const all = [...config.environments.values()].map(async (environment) => {
    const { name, apiKeySecret, environmentId } = environment;
    const subject = `environment ${name}`;
    const listed = await settled(listConnections(context, environment));
    if (!(listed instanceof RotationError))
      return {
        name,
        result: { subject, ok: true, message: `${counted(listed.size, "connection")} in ${environmentId}` },
      };
    const nextStep = `Check organizationId, environmentId, region and the key in ${apiKeySecret}. Its connections were not checked.`;
    return { name, result: { subject, ok: false, message: listed.message, nextStep } };
  });
  return Promise.all(all);
}

/** A dry run: it reads the secrets, looks at the connections and builds every payload. */
async function checkConnections(
  config: Config,
  reachable: ReadonlySet<string>,
  log: RunLog,
): Promise<Check[]> {
  const selected = config.connections.filter(({ environment }) => reachable.has(environment));
  if (selected.length === 0) return [];
  const { report } = await run(config, triggerFor(selected, config, true), runOptions(log, TIMEOUT_MS));
  return report.connections.map((outcome) => ({
    subject: qualifiedName(outcome),
    ok: outcome.outcome === "planned",
    message: `${outcome.secret}: ${outcome.message ?? outcome.outcome}`,
    ...(outcome.nextStep !== undefined && { nextStep: outcome.nextStep }),
  }));
}

async function checkTopic(topicArn: string | undefined): Promise<Check[]> {
  if (!topicArn) return [];
  const client = new SNSClient({ maxAttempts: 2 });
  const subject = "alert topic";
  try {
    await client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
    return [{ subject, ok: true, message: topicArn }];
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : "unknown error";
    const nextStep =
      "Check that the topic exists in this region, and that you may call sns:GetTopicAttributes.";
    return [{ subject, ok: false, message: `${topicArn}: ${reason}`, nextStep }];
  } finally {
    client.destroy();
  }
}

function lines(terminal: Terminal, checks: readonly Check[]): string[] {
  const bad = checks.filter(({ ok }) => !ok).length;
  return [
    ...checks.flatMap(({ subject, ok, message, nextStep }) => [
      `${ok ? terminal.paint("green", "✓") : terminal.paint("red", "✗")} ${subject}: ${message}`,
      ...(nextStep === undefined ? [] : [`    ${nextStep}`]),
    ]),
    "",
    bad === 0 ? "All is well." : `${bad} of ${checks.length} are not well.`,
  ];
}
