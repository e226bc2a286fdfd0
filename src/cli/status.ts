import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { CONNECTION_STATES } from "./connection-status.ts";
import { type CommandContext, EXIT } from "./context.ts";
import { exampleText } from "./help.ts";
import { allOption, configOption, environmentOption, jsonOption, secretOption } from "./options.ts";
import { withReadOnlyClients } from "./read-only.ts";
import { readStatus, type StatusReading } from "./read-status.ts";
import { loadConfig, select } from "./selection.ts";
import { statusLines } from "./status-view.ts";

const DESCRIPTION = `Show the state of each connection and the age of its key.

The command sends one LIST for each environment and writes nothing.
A connection is stale if it was last updated before the current version of its secret was created:
it certainly holds an older key. Connections that are not healthy come first.
If Confluent reports no phase for an environment, the command says so and what that means.
Connections that exist and are not listed in connections.json are named.
The exit code is 1 if a listed connection is not healthy.`;

export function statusCommand(context: CommandContext): CommandUnknownOpts {
  const { out } = context;
  return new Command("status")
    .summary("Show the state of each connection and the age of its key")
    .description(DESCRIPTION)
    .argument("[name...]", "connections, as NAME or ENVIRONMENT/NAME")
    .addOption(secretOption())
    .addOption(environmentOption())
    .addOption(allOption("show every connection, also if more than 20 are healthy"))
    .addOption(jsonOption())
    .addOption(configOption())
    .addHelpText(
      "after",
      exampleText(out, [
        ["status", "every connection in connections.json"],
        ["status --environment prod", "the connections of one environment"],
        ["status support-openai --json", "one connection, as JSON"],
      ]),
    )
    .action(async (names, { secret = [], environment, all = false, json = false, config: file }) => {
      const config = loadConfig(file, context);
      const selected = select({ names, secrets: secret, environment }, config);
      const reading = await withReadOnlyClients(config, context, (clients) =>
        readStatus(clients, config, selected),
      );
      const lines = json ? [jsonOf(reading)] : statusLines(out, reading, { config, now: Date.now(), all });
      out.print(...lines);
      context.exitWith(isHealthy(reading) ? EXIT.ok : EXIT.failed);
    });
}

function isHealthy({ connections }: StatusReading): boolean {
  return connections.every(({ state }) => state === "healthy");
}

function jsonOf(reading: StatusReading): string {
  const counts = Object.fromEntries(
    CONNECTION_STATES.map((state) => [
      state,
      reading.connections.filter((each) => each.state === state).length,
    ]),
  );
  const outcome = isHealthy(reading) ? "succeeded" : "failed";
  return JSON.stringify({ outcome, counts, ...reading }, null, 2);
}
