import { existsSync } from "node:fs";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { shellQuote } from "../rotation/shell.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { requireAwsConfig } from "./aws.ts";
import { configArgument } from "./config-argument.ts";
import type { CommandContext } from "./context.ts";
import {
  addEnvironmentOptions,
  type EnvironmentOptions,
  toEnvironment,
  withConnections,
} from "./draft/environment-options.ts";
import { askEnvironment, asker, chooseSecrets } from "./draft/interview.ts";
import { listSecretNames } from "./draft/secret-names.ts";
import { summary } from "./draft/to-do.ts";
import { secretsIn, useOption } from "./draft/use-option.ts";
import { requireWritable, writeWithSchema } from "./draft/write.ts";
import { UsageError } from "./errors.ts";
import { exampleText } from "./help.ts";
import { valueOption } from "./options.ts";
import { PROGRAM } from "./program-name.ts";

const DESCRIPTION = `Create a connections.json: find the connections and secrets that exist, and write the file.

On a terminal, the command asks for every missing option and for the secret of each
connection; otherwise it asks no questions. It reads secrets to find the keys under which they
hold the credentials, and neither shows nor writes a value. It never overwrites a file.`;

interface Options extends EnvironmentOptions {
  readonly use?: readonly string[] | undefined;
  readonly output?: string | undefined;
}

export function initCommand(context: CommandContext): CommandUnknownOpts {
  return addEnvironmentOptions(new Command("init"))
    .summary("Create a connections.json, with questions on a terminal")
    .description(DESCRIPTION)
    .addOption(useOption())
    .addOption(valueOption("--output <file>", "default: connections.json"))
    .addHelpText(
      "after",
      exampleText(context.out, [
        [
          "init --organization 9bb441c4-edef-46ac-8a41-c49e44a3fd9a --environment env-a1b2c3 --cloud aws --region us-west-2 --api-key-secret prod/confluent/flink-api-key --name prod --use support-openai=prod/openai --output new.json",
          "the same without questions; on a terminal, init asks for missing options",
        ],
      ]),
    )
    .action((options) => runInit(options, context));
}

async function runInit(options: Options, context: CommandContext): Promise<void> {
  const { output = "connections.json" } = options;
  requireWritable(output);
  if (existsSync(output))
    throw new UsageError(
      `${output} already exists.`,
      `Add connections to it with: ${PROGRAM} discover --merge ${output}`,
    );
  await requireAwsConfig(context);
  const ask = asker(context);
  const names = ask && (await listSecretNames(context));
  const answers = ask ? await askEnvironment(options, names, ask) : options;
  const environment = toEnvironment(answers, "init");
  const listing = withConnections(environment, context, async (found, clients) => {
    if (found.length === 0) throw new UsageError("No Flink connection was found.", "Nothing was written.");
    const given = secretsIn(options.use ?? [], found, "init");
    const { secrets, problems } = await chooseSecrets(found, given, { clients, names, ask, context });
    const { name, apiKeySecret, restEndpoint } = environment;
    const { draft } = writeWithSchema(output, found, { name, apiKeySecret, restEndpoint, secrets });
    return [...problems.map((problem) => `To do: ${problem}`), ...summary(draft, output)];
  });
  const lines = await listing.catch((error: unknown) => {
    if (ask)
      context.err.print("", "To start again with the same answers:", `  ${commandFor(answers, output)}`, "");
    throw error;
  });
  context.err.print(
    "",
    ...lines.flatMap((line) => context.err.wrap(line)),
    "",
    ...nextSteps(context.err, configArgument(output, context)),
  );
}

/** The command with an option for each answer: one of the answers was probably wrong. */
function commandFor(answers: EnvironmentOptions, output: string): string {
  const given = [
    ["--organization", answers.organization],
    ["--environment", answers.environment],
    ["--cloud", answers.cloud],
    ["--region", answers.region],
    ["--rest-endpoint", answers.restEndpoint],
    ["--api-key-secret", answers.apiKeySecret],
    ["--name", answers.name],
    ["--output", output],
  ] as const;
  const options = given.flatMap(([option, value]) => (value ? [option, shellQuote(value)] : []));
  return [PROGRAM, "init", ...options].join(" ");
}

/** The commands that lead to a dry run, with descriptions if the terminal is wide enough. */
function nextSteps({ columns }: Terminal, config: string): string[] {
  const steps = [
    ["check --offline", "checks only the file"],
    ["check", "also checks secrets, environments and connections"],
    ["rotate --dry-run", "shows what would be sent"],
  ] as const;
  const lines = steps.map(([command, what]) => ({ line: `  ${PROGRAM} ${command}${config}`, what }));
  const width = Math.max(...lines.map(({ line }) => line.length));
  const described = lines.map(({ line, what }) => `${line.padEnd(width)}   ${what}`);
  const fits = described.every(({ length }) => length <= columns);
  return ["Next:", ...(fits ? described : lines.map(({ line }) => line))];
}
