import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Config } from "../../config/load.ts";
import { systemClock } from "../../rotation/clock.ts";
import { type Connection, qualifiedName } from "../../rotation/connection.ts";
import { RotationError } from "../../rotation/errors.ts";
import { TextResolver } from "../../rotation/text-resolver.ts";
import type { RunOptions } from "../../run.ts";
import { requireAws } from "../aws.ts";
import { type CommandContext, EXIT, type ExitCode } from "../context.ts";
import { UsageError } from "../errors.ts";
import { exampleText } from "../help.ts";
import { createLog } from "../log.ts";
import { configOption, jsonOption, secondsOption } from "../options.ts";
import { connectionProblem } from "../problem.ts";
import { PROGRAM } from "../program-name.ts";
import { runOptions } from "../run-options.ts";
import { loadConfig, select } from "../selection.ts";
import { type OpenUntil, openWith, withClients } from "./context.ts";
import { ExchangeLog } from "./exchanges.ts";
import { probe } from "./probe.ts";
import { StepPrinter } from "./progress.ts";
import { createProbeReport, type ProbeReport } from "./report.ts";
import { probeLines } from "./view.ts";

const DEFAULT_SECONDS = 60;
const MAX_SECONDS = 900;
/** Short, because a person waits and each failure is a finding. */
const READ_RETRY_MS = 4_000;

const DESCRIPTION = `Send the current key to a connection again and show how Confluent reports on it.

The result proposes settings of connections.json that suit the service.
With --json, it contains no secrets and no names, so you can attach it to an issue.
If the provider refuses the current key, nothing is sent to Confluent.
With --bad-key, the command sends an invalid key and soon restores the current one,
even after Ctrl-C and errors. Until then, statements that use the connection may fail.
It asks you to type the connection's name first; --yes skips the question.`;

export function probeCommand(context: CommandContext): CommandUnknownOpts {
  const { out } = context;
  return new Command("probe")
    .summary("Find out how Confluent reports on keys, on one connection")
    .description(DESCRIPTION)
    .argument("<name>", "a connection that may be changed, as NAME or ENVIRONMENT/NAME")
    .addOption(
      secondsOption("--seconds <count>", "how long to watch after each PUT", MAX_SECONDS).default(
        DEFAULT_SECONDS,
      ),
    )
    .option("--bad-key", "also send an invalid key, then restore the current one")
    .option("--yes", "do not ask before an invalid key is sent")
    .option("--names", "show the names of the connection and environment in the JSON")
    .addOption(jsonOption())
    .addOption(configOption())
    .addHelpText(
      "after",
      exampleText(out, [
        ["probe support-openai --seconds 30", "send the current key again and watch for half a minute"],
        [
          "probe support-openai --bad-key --yes --seconds 30 --json",
          "everything that can be learned, as JSON",
        ],
      ]),
    )
    .action(
      async (name, { config: file, badKey = false, yes = false, json = false, names = false, seconds }) => {
        const config = loadConfig(file, context);
        const connection = selectOne(name, config);
        if (badKey && !yes) await confirm(connection, context);
        await requireAws(context, config.environments.get(connection.environment)?.apiKeySecret);
        const options = { connection, watchMs: seconds * 1_000, isBadKey: badKey, showsNames: names };
        const report = await run(config, options, context);
        out.print(...(json ? [JSON.stringify(report, null, 2)] : probeLines(out, report)));
        context.exitWith(endProbe(report, connection, context));
      },
    );
}

function selectOne(name: string, config: Config): Connection {
  const selected = select({ names: [name], secrets: [], environment: undefined }, config);
  const [connection] = selected;
  if (connection !== undefined && selected.length === 1) return connection;
  throw new UsageError(
    `Several environments have a connection ${name}.`,
    `Choose one of them: ${selected.map(qualifiedName).join(", ")}.`,
  );
}

/** @throws UsageError unless the name of the connection is typed in. */
async function confirm(connection: Connection, { ask }: CommandContext): Promise<void> {
  const name = qualifiedName(connection);
  const question = `An invalid key will be sent to ${name} for a moment. Statements that use it may fail.\nType its name to continue: `;
  const answer = await ask(question);
  if (answer?.trim() === name || answer?.trim() === connection.name) return;
  throw new UsageError("The name was not typed, so nothing was sent.", "Type it exactly, or give --yes.");
}

interface ProbeSettings {
  readonly connection: Connection;
  readonly watchMs: number;
  readonly isBadKey: boolean;
  readonly showsNames: boolean;
}

async function run(config: Config, settings: ProbeSettings, context: CommandContext): Promise<ProbeReport> {
  const exchanges = new ExchangeLog();
  const options: RunOptions = {
    ...runOptions(createLog(context), 0, context.redactor),
    confluent: { faultRetryMs: READ_RETRY_MS },
    onExchange: exchanges.add,
  };
  const interrupt = new AbortController();
  const { signal } = interrupt;
  const printer = new StepPrinter(context.err, settings.connection, settings.watchMs);
  const release = context.onInterrupt(() => {
    printer.interrupted();
    interrupt.abort();
  });
  const { clock, random } = options;
  const startedAt = clock.now();
  const open = openWith(config, settings.connection, options);
  try {
    const steps = { ...settings, open, exchanges, signal, clock, random, onStep: printer.print };
    const result = await probe(steps).catch((error: unknown) => explain(error, settings, open));
    const { requests, rateLimit } = exchanges;
    const facts = { ...settings, config, startedAt, endedAt: clock.now(), requests, rateLimit };
    const interrupted = signal.aborted;
    return await withTexts(open, (texts) => createProbeReport(result, { ...facts, interrupted }, texts));
  } finally {
    release();
    printer.end();
  }
}

/** @throws the error with redacted texts and advice. */
async function explain(error: unknown, { connection }: ProbeSettings, open: OpenUntil): Promise<never> {
  if (!(error instanceof RotationError)) throw error;
  const { nextStep, ...problem } = connectionProblem(error, connection);
  const { message = error.message } = await withTexts(open, (texts) => texts.resolve(problem, connection));
  throw new RotationError(error.errorClass, message, { ...(nextStep && { nextStep }) });
}

function withTexts<T>(open: OpenUntil, work: (texts: TextResolver) => Promise<T>): Promise<T> {
  return withClients(open, systemClock.now() + READ_RETRY_MS, (clients) => work(new TextResolver(clients)));
}

/** Reports which key the connection holds after an interruption or a failure. */
export function endProbe(
  report: Pick<ProbeReport, "outcome" | "interrupted" | "restored">,
  connection: Pick<Connection, "environment" | "name">,
  { err }: Pick<CommandContext, "err">,
): ExitCode {
  const name = qualifiedName(connection);
  if (report.restored === false) {
    const message = `${err.paint("red", "Error:")} The current key could not be restored in ${name}, which may hold an invalid one.`;
    err.print(...err.wrap(message), `Run this until it succeeds: ${PROGRAM} rotate ${name}`);
    return EXIT.failed;
  }
  if (report.interrupted) {
    err.print(`Stopped. ${name} holds the current key.`);
    return EXIT.interrupted;
  }
  return report.outcome === "succeeded" ? EXIT.ok : EXIT.failed;
}
