import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { CONNECTION_STATES } from "./connection-status.ts";
import { type CommandContext, EXIT } from "./context.ts";
import { type Example, exampleText } from "./help.ts";
import {
  allOption,
  configOption,
  environmentOption,
  jsonOption,
  secondsOption,
  secretOption,
} from "./options.ts";
import { withReadOnlyClients } from "./read-only.ts";
import { readStatus, type StatusReading } from "./read-status.ts";
import { loadConfig, select } from "./selection.ts";
import { statusLines } from "./status-view.ts";
import { watch } from "./watch.ts";

const INTERVAL_SECONDS = 5;

const DESCRIPTION = `Show the state of each connection and the age of its key.

The command sends one LIST for each environment and changes nothing.
A connection is stale if it was last updated before the current version of its secret was created;
it certainly holds an older key. Unhealthy connections come first.
If Confluent reports no phase for an environment, the command says so and explains the effect.
A remark names connections that exist but are not listed in connections.json.
The exit code is 1 if a listed connection is not healthy; with --watch, the last reading counts.`;

const EXAMPLES: readonly Example[] = [
  ["status", "every connection in connections.json"],
  ["status --environment prod", "the connections of one environment"],
  ["status support-openai --json", "one connection, as JSON"],
  ["status --watch", "read every five seconds until Ctrl-C"],
];

export function statusCommand(context: CommandContext): CommandUnknownOpts {
  return withOptions()
    .addHelpText("after", exampleText(context.out, EXAMPLES))
    .action((names, options) => runStatus(names, options, context));
}

function withOptions() {
  return new Command("status")
    .summary("Show the state of each connection and the age of its key")
    .description(DESCRIPTION)
    .argument("[name...]", "connections, as NAME or ENVIRONMENT/NAME")
    .addOption(secretOption())
    .addOption(environmentOption())
    .addOption(allOption("show every connection, even if more than 20 are healthy"))
    .option("--watch", "repeat until Ctrl-C; in a pipe, print only changes")
    .addOption(secondsOption("--interval <seconds>", `how often --watch reads; default: ${INTERVAL_SECONDS}`))
    .addOption(jsonOption())
    .addOption(configOption());
}

type Options = ReturnType<ReturnType<typeof withOptions>["opts"]>;

async function runStatus(names: readonly string[], options: Options, context: CommandContext): Promise<void> {
  const {
    secret: secrets = [],
    environment,
    all = false,
    json = false,
    interval = INTERVAL_SECONDS,
  } = options;
  const config = loadConfig(options.config, context);
  const selected = select({ names, secrets, environment }, config);
  const read = async () => {
    const reading = await withReadOnlyClients(config, context, (clients) =>
      readStatus(clients, config, selected),
    );
    context.exitWith(isHealthy(reading) ? EXIT.ok : EXIT.failed);
    const lines = json
      ? [JSON.stringify(jsonOf(reading), null, options.watch ? 0 : 2)]
      : statusLines(context.out, reading, { config, now: Date.now(), all });
    return { lines, key: keyOf(reading) };
  };
  if (options.watch) await watch(read, { intervalMs: interval * 1_000, isRedrawn: !json }, context);
  else context.out.print(...(await read()).lines);
}

/** Changes with everything in the output except request ids. */
function keyOf({ connections, unlisted }: StatusReading): string {
  return JSON.stringify([connections.map(({ requestId: _, ...rest }) => rest), unlisted]);
}

function isHealthy({ connections }: StatusReading): boolean {
  return connections.every(({ state }) => state === "healthy");
}

function jsonOf(reading: StatusReading): object {
  const counts = Object.fromEntries(
    CONNECTION_STATES.map((state) => [
      state,
      reading.connections.filter((each) => each.state === state).length,
    ]),
  );
  return { outcome: isHealthy(reading) ? "succeeded" : "failed", counts, ...reading };
}
