import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Config } from "../config/load.ts";
import type { ConnectionState } from "../rotation/connection.ts";
import type { RunDependencies } from "../rotation/dependencies.ts";
import { ConfigError, type RotationError } from "../rotation/errors.ts";
import { asResult } from "../rotation/outcome.ts";
import { counted } from "../rotation/wording.ts";
import { checkLines } from "./check-view.ts";
import type { Check, CheckInput, Finding } from "./checks/check.ts";
import { connectionsCheck } from "./checks/connections.ts";
import { environmentsCheck } from "./checks/environments.ts";
import { fileCheck, offlineFindings } from "./checks/file.ts";
import { statementsCheck } from "./checks/statements.ts";
import { topicCheck } from "./checks/topic.ts";
import { configArgument } from "./config-argument.ts";
import { type CommandContext, EXIT, type ExitCode } from "./context.ts";
import { exampleText } from "./help.ts";
import { allOption, configOption, jsonOption, valueOption } from "./options.ts";
import { PROGRAM } from "./program-name.ts";
import { listConfigured, withReadOnlyClients } from "./read-only.ts";
import { loadConfig } from "./selection.ts";

/** In the order of the output. */
const CHECKS: readonly Check[] = [
  fileCheck,
  environmentsCheck,
  connectionsCheck,
  statementsCheck,
  topicCheck,
];

const DESCRIPTION = `Check the configuration, secrets, environments, connections and the alert topic.

The command changes nothing, so it can run in a pipeline before a deployment.
It asks the provider of each key whether it accepts the key, unless verification.provider is false.
It uses your permissions, not those of the function's role.
A remark names connections that exist but are not listed in connections.json.
With --offline, it checks only the file and needs no network and no AWS credentials.
The exit code is 1 if a check fails, and 2 if connections.json is invalid.`;

const OFFLINE_NOTE = `Only the file was checked. For secrets, environments and connections, run: ${PROGRAM} check`;

/** A finding with the name of its check. */
type NamedFinding = Finding & { readonly check: string };

export function checkCommand(context: CommandContext): CommandUnknownOpts {
  const { out } = context;
  return new Command("check")
    .summary("Check configuration, secrets, environments, connections and alert topic")
    .description(DESCRIPTION)
    .addOption(valueOption("--topic <arn>", "the alert topic; default: $ALERT_TOPIC_ARN"))
    .option("--offline", "check only the file, without network and credentials")
    .addOption(allOption("show every check, even if more than 20 passed"))
    .addOption(jsonOption())
    .addOption(configOption())
    .addHelpText(
      "after",
      exampleText(out, [
        ["check", "everything in connections.json"],
        ["check --offline", "only the file, for example before a commit"],
        ["check --config connections.json --json", "a file before its deployment, as JSON"],
      ]),
    )
    .action(
      async ({
        topic = context.env["ALERT_TOPIC_ARN"],
        offline,
        all = false,
        json = false,
        config: file,
      }) => {
        const input = { file, topic: topic || undefined, isOffline: offline === true };
        const { findings, code } = await runChecks(input, context);
        out.print(...(json ? [jsonOf(findings)] : checkLines(out, findings, all)));
        if (offline && code === EXIT.ok)
          context.err.print(
            ...context.err.wrap(`${OFFLINE_NOTE}${file === undefined ? "" : configArgument(file, context)}`),
          );
        context.exitWith(code);
      },
    );
}

async function runChecks(
  { file, topic, isOffline }: { file: string | undefined; topic: string | undefined; isOffline: boolean },
  context: CommandContext,
): Promise<{ findings: readonly NamedFinding[]; code: ExitCode }> {
  const about = { check: "configuration", subject: "configuration" };
  let config: Config;
  try {
    config = loadConfig(file, context);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.issues.map((message) => ({ ...about, state: "failed" as const, message }));
    return { findings, code: EXIT.usage };
  }
  const message = `${counted(config.connections.length, "connection")}, no faults`;
  const findings: NamedFinding[] = [{ ...about, state: "passed", message }];
  const input = { config, context, topic };
  findings.push(...(isOffline ? named("file", offlineFindings(config, topic)) : await onlineFindings(input)));
  const isFailed = findings.some(({ state }) => state === "failed");
  return { findings, code: isFailed ? EXIT.failed : EXIT.ok };
}

async function onlineFindings(input: Omit<CheckInput, "clients" | "listed">): Promise<NamedFinding[]> {
  const { config, context } = input;
  return withReadOnlyClients(config, context, async (clients) => {
    const listed = listOnce(clients, config);
    const findings: NamedFinding[] = [];
    for (const { name, run } of CHECKS)
      findings.push(...named(name, await run({ ...input, clients, listed })));
    return findings;
  });
}

function named(check: string, findings: readonly Finding[]): NamedFinding[] {
  return findings.map((finding) => ({ check, ...finding }));
}

function listOnce(clients: RunDependencies, { environments }: Config): CheckInput["listed"] {
  const listed = new Map<string, Promise<ReadonlyMap<string, ConnectionState> | RotationError>>();
  for (const environment of environments.values()) {
    const listing = asResult(clients, () => listConfigured(clients, environment));
    listed.set(environment.name, listing);
  }
  return (name) => {
    const listing = listed.get(name);
    return listing ?? Promise.reject(new Error(`No environment ${name}.`));
  };
}

function jsonOf(findings: readonly NamedFinding[]): string {
  const count = (wanted: Finding["state"]) => findings.filter(({ state }) => state === wanted).length;
  const counts = { passed: count("passed"), failed: count("failed"), remark: count("remark") };
  const outcome = counts.failed === 0 ? "succeeded" : "failed";
  return JSON.stringify({ outcome, counts, checks: findings }, null, 2);
}
