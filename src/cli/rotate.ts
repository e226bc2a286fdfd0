import type { Config } from "../config/load.ts";
import { systemClock } from "../rotation/clock.ts";
import type { Connection } from "../rotation/connection.ts";
import type { Report } from "../rotation/report/report.ts";
import { run } from "../run.ts";
import { requireAws } from "./aws.ts";
import { CONFIG_OPTION, type Command, type Context, type Input, JSON_OPTION } from "./command.ts";
import { InterruptedError } from "./errors.ts";
import { logTo } from "./log.ts";
import { ProgressView } from "./progress-view.ts";
import { exitCodeOf, reportLines } from "./report-view.ts";
import { runOptions } from "./run-options.ts";
import { loadConfig, SELECTION_OPTIONS, select, triggerFor } from "./selection.ts";

const TIMEOUT_MS = 3_600_000;

export const rotate: Command = {
  summary: "Puts the current keys into the connections, and watches until each is READY",
  about: [
    "Without names or secrets it rotates every connection that connections.json lists.",
    "It works with your own AWS credentials and sends no alert: you see the report.",
    "Ctrl-C begins nothing new and waits for what is under way; a second one names that and ends.",
  ],
  words: "[name…]",
  options: {
    ...SELECTION_OPTIONS,
    "dry-run": { help: "do everything but the PUT" },
    ...JSON_OPTION,
    ...CONFIG_OPTION,
  },
  examples: [
    ["rotate", "every connection"],
    ["rotate support-openai prod/orders-mongodb", "two of them, one with its environment"],
    ["rotate --secret prod/aws-ai", "the connections of a secret"],
    ["rotate --environment staging --dry-run", "what would be sent to an environment"],
    ["rotate --json", "the report for a script"],
  ],
  run: async (input, context) => {
    const config = loadConfig(input, context);
    const selected = select(input, config);
    await requireAws();
    const report = await runShown({ config, selected, input }, context);
    const { out } = context;
    out.print(...(input.flag("json") ? [JSON.stringify(report, null, 2)] : reportLines(out, report)));
    return exitCodeOf(report.outcome);
  },
};

interface Task {
  readonly config: Config;
  readonly selected: readonly Connection[];
  readonly input: Input;
}

async function runShown({ config, selected, input }: Task, context: Context): Promise<Report> {
  const view = new ProgressView(context.err, systemClock, selected);
  const stop = Promise.withResolvers<never>();
  let isStopping = false;
  const release = context.onInterrupt(() => {
    if (isStopping) stop.reject(interrupted(view));
    else context.err.print("Stopping: what is under way is finished. Ctrl-C again ends at once.");
    isStopping = true;
  });
  const running = run(config, triggerFor(selected, config, input.flag("dry-run")), {
    ...runOptions(logTo(context, input.flag("verbose")), TIMEOUT_MS),
    progress: view.progress,
    isStopping: () => isStopping,
  });
  try {
    return (await Promise.race([running, stop.promise])).report;
  } finally {
    release();
    view.end();
  }
}

function interrupted(view: ProgressView): InterruptedError {
  const open = view.underWay();
  const what = open.length > 0 ? `Put, but not verified: ${open.join(", ")}.` : "No key was under way.";
  return new InterruptedError(`Stopped. ${what}`);
}
