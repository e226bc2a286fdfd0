import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Config } from "../config/load.ts";
import { systemClock } from "../rotation/clock.ts";
import type { Connection } from "../rotation/connection.ts";
import type { Report } from "../rotation/report/report.ts";
import { counted } from "../rotation/wording.ts";
import { run } from "../run.ts";
import { requireAws } from "./aws.ts";
import { confirmWide } from "./confirm.ts";
import type { CommandContext } from "./context.ts";
import { InterruptedError } from "./errors.ts";
import { type Example, exampleText } from "./help.ts";
import { createLog } from "./log.ts";
import { allOption, configOption, environmentOption, jsonOption, secretOption } from "./options.ts";
import { ProgressView } from "./progress-view.ts";
import { SHORT_WAITS } from "./read-only.ts";
import { exitCodeOf, reportLines } from "./report-view.ts";
import { runOptions } from "./run-options.ts";
import { loadConfig, select, triggerFor } from "./selection.ts";

const TIMEOUT_MS = 3_600_000;

const DESCRIPTION = `Send the current keys to the connections and wait until each is READY.

Without names and --secret, every connection in connections.json is rotated.
The command uses your AWS credentials and sends no alert.
On a terminal it asks before it rotates all connections or all of an environment; --yes skips that.
Ctrl-C finishes updates in progress and starts no new ones; press it again to exit at once.`;

const EXAMPLES: readonly Example[] = [
  ["rotate", "every connection"],
  ["rotate support-openai prod/orders-mongodb", "two connections, the second with its environment"],
  ["rotate --secret prod/aws-ai", "the connections of a secret"],
  ["rotate --environment staging --dry-run", "show what would be sent to an environment"],
  ["rotate --json", "print the report as JSON"],
];

export function rotateCommand(context: CommandContext): CommandUnknownOpts {
  return withOptions()
    .addHelpText("after", exampleText(context.out, EXAMPLES))
    .action((names, options) => runRotate(names, options, context));
}

function withOptions() {
  return new Command("rotate")
    .summary("Send the current keys to the connections and wait until each is READY")
    .description(DESCRIPTION)
    .argument("[name...]", "connections, as NAME or ENVIRONMENT/NAME")
    .addOption(secretOption())
    .addOption(environmentOption())
    .option("--dry-run", "do everything except the PUT")
    .option("--yes", "do not ask before rotating all connections of an environment")
    .addOption(allOption("show every connection, even if more than 20 succeeded"))
    .addOption(jsonOption())
    .addOption(configOption());
}

type Options = ReturnType<ReturnType<typeof withOptions>["opts"]>;

async function runRotate(names: readonly string[], options: Options, context: CommandContext): Promise<void> {
  const {
    secret: secrets = [],
    environment,
    dryRun = false,
    yes = false,
    all = false,
    json = false,
  } = options;
  const config = loadConfig(options.config, context);
  const selected = select({ names, secrets, environment }, config);
  const isWide = names.length === 0 && secrets.length === 0;
  if (isWide && !dryRun && !yes) await confirmWide(questionFor(selected), context);
  const [first] = config.environments.values();
  await requireAws(context, first?.apiKeySecret);
  const report = await runWithProgress({ config, selected, dryRun }, context);
  context.out.print(...(json ? [JSON.stringify(report, null, 2)] : reportLines(context.out, report, all)));
  context.exitWith(exitCodeOf(report.outcome));
}

function questionFor(selected: readonly Connection[]): string {
  const environments = [...new Set(selected.map(({ environment }) => environment))];
  return `Send the current keys to ${counted(selected.length, "connection")} in ${environments.join(", ")}?`;
}

interface Rotation {
  readonly config: Config;
  readonly selected: readonly Connection[];
  readonly dryRun: boolean;
}

async function runWithProgress(
  { config, selected, dryRun }: Rotation,
  context: CommandContext,
): Promise<Report> {
  const view = new ProgressView(context.err, systemClock, selected);
  const abort = Promise.withResolvers<never>();
  let isStopping = false;
  const release = context.onInterrupt(() => {
    if (isStopping) abort.reject(interrupted(view));
    else context.err.print("Stopping after the updates in progress. Press Ctrl-C again to exit at once.");
    isStopping = true;
  });
  const running = run(config, triggerFor(selected, config, { dryRun }), {
    ...runOptions(createLog(context), TIMEOUT_MS, context.redactor),
    progress: view.progress,
    isStopping: () => isStopping,
    ...(dryRun && { confluent: SHORT_WAITS }),
  });
  try {
    return (await Promise.race([running, abort.promise])).report;
  } finally {
    release();
    view.end();
  }
}

function interrupted(view: ProgressView): InterruptedError {
  const open = view.unverified();
  return new InterruptedError(
    open.length > 0
      ? `Stopped. Sent, but not verified: ${open.join(", ")}.`
      : "Stopped. No update was in progress.",
  );
}
