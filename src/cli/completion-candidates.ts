import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { type Config, readConfig } from "../config/load.ts";
import { qualifiedName } from "../rotation/connection.ts";
import { explainedWords } from "./explain.ts";
import { commandNames, optionNames } from "./introspection.ts";
import { readRunbook } from "./runbook.ts";

/** Completions of the last word of a command line; none for files and free text. */
export function candidates(
  words: readonly string[],
  program: CommandUnknownOpts,
  defaultFile: string,
): readonly string[] {
  const [name = "", ...rest] = words;
  const last = words.at(-1) ?? "";
  const command = program.commands.find((each) => each.name() === name);
  const config = () => listedIn(fileIn(rest) ?? defaultFile);
  const offered =
    words.length <= 1
      ? commandNames(program)
      : command === undefined
        ? []
        : candidatesOf(command, rest, { program, config });
  return [...new Set(offered)].filter((candidate) => candidate.startsWith(last));
}

interface Sources {
  readonly program: CommandUnknownOpts;
  readonly config: () => Listed;
}

type Listed = Pick<Config, "connections" | "environments">;

function candidatesOf(command: CommandUnknownOpts, words: readonly string[], sources: Sources): string[] {
  const [previous = "", last = ""] = [words.at(-2), words.at(-1)];
  const option = command.options.find(({ long }) => long === previous);
  if (option !== undefined && !option.isBoolean()) return valuesOf(option, sources);
  return last.startsWith("-")
    ? optionNames(command)
    : [...argumentsOf(command, sources), ...optionNames(command)];
}

function valuesOf(option: Option, { config }: Sources): string[] {
  if (option.argChoices !== undefined) return option.argChoices;
  switch (option.flags) {
    case "--secret <id>":
      return config().connections.map(({ secret }) => secret);
    case "--environment <name>":
      return [...config().environments.keys()];
    default:
      return [];
  }
}

function argumentsOf(command: CommandUnknownOpts, { program, config }: Sources): string[] {
  return command.registeredArguments.flatMap((argument) => {
    if (argument.argChoices !== undefined) return argument.argChoices;
    switch (argument.name()) {
      case "name":
        return namesIn(config());
      case "word":
        return explainedWords(readRunbook());
      case "command":
        return commandNames(program);
      default:
        return [];
    }
  });
}

/** A name that occurs in two environments is completed with its environment. */
function namesIn({ connections }: Listed): string[] {
  const times = Map.groupBy(connections, ({ name }) => name);
  return connections.map((connection) =>
    times.get(connection.name)?.length === 1 ? connection.name : qualifiedName(connection),
  );
}

function fileIn(words: readonly string[]): string | undefined {
  const at = words.indexOf("--config");
  return at < 0 || at + 1 >= words.length - 1 ? undefined : words[at + 1];
}

function listedIn(file: string): Listed {
  try {
    return readConfig(file);
  } catch {
    return { connections: [], environments: new Map() };
  }
}
