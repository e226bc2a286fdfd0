import { parseArgs } from "node:util";
import type { Terminal } from "../terminal/terminal.ts";
import { UsageError } from "./errors.ts";
import { suggestion } from "./nearest.ts";

export const PROGRAM = "flink-connection-rotator";

export const EXIT = { ok: 0, failed: 1, usage: 2, unverified: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command has to do with the world beside its adapters. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes the result and nothing else. */
  readonly out: Terminal;
  /** Takes progress, remarks and errors. */
  readonly err: Terminal;
  /** Calls `handler` at Ctrl-C, which then ends nothing by itself; the function returned withdraws it. */
  readonly onInterrupt: (handler: () => void) => () => void;
}

export interface Option {
  /** What the value is called in the help; without it the option is a flag. */
  readonly value?: string;
  readonly multiple?: boolean;
  readonly help: string;
}

export interface Command {
  readonly summary: string;
  /** Further lines of the help. */
  readonly about?: readonly string[];
  /** How the words after the command are called, such as `[name…]`; without it there are none. */
  readonly words?: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Command lines without the program, and what each does. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  readonly run: (input: Input, context: Context) => Promise<ExitCode>;
}

/** The words and options of a command line. */
export interface Input {
  readonly words: readonly string[];
  readonly text: (option: string) => string | undefined;
  readonly texts: (option: string) => readonly string[];
  readonly flag: (option: string) => boolean;
}

export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  verbose: { help: "show the stack of an error" },
  help: { help: "show this help" },
};

export const CONFIG_OPTION: Readonly<Record<string, Option>> = {
  config: { value: "FILE", help: "connections.json by default, or what CONNECTIONS_FILE names" },
};

export const JSON_OPTION: Readonly<Record<string, Option>> = {
  json: { help: "write JSON to the standard output, and nothing else" },
};

/** @throws UsageError for an option that the command does not have, or words that it does not take. */
export function parseInput(name: string, command: Command, args: readonly string[]): Input {
  const options = { ...command.options, ...COMMON_OPTIONS };
  const { values, positionals } = parse(name, options, args);
  const [unexpected] = positionals;
  if (command.words === undefined && unexpected !== undefined)
    throw new UsageError(`${name} takes no "${unexpected}".`, `See ${PROGRAM} ${name} --help.`);
  const texts = (option: string) =>
    [values[option] ?? []].flat().filter((value) => typeof value === "string");
  return {
    words: positionals,
    text: (option) => texts(option)[0],
    texts,
    flag: (option) => values[option] === true,
  };
}

interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
}

function parse(name: string, options: Readonly<Record<string, Option>>, args: readonly string[]): Parsed {
  const shapes = Object.entries(options).map(([option, { value, multiple = false }]) => [
    option,
    { type: value === undefined ? "boolean" : "string", multiple, ...(option === "help" && { short: "h" }) },
  ]);
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(shapes), allowPositionals: true });
  } catch (error) {
    // Its messages go on with advice about positional arguments, which would not help here.
    const [message = ""] = String(Object(error).message).split(/\.\s|\.?\n/);
    const option = /'--?([^' ]*)/.exec(message)?.[1];
    const isKnown = option === undefined || Object.hasOwn(options, option);
    throw new UsageError(
      `${message}.`,
      isKnown
        ? `See ${PROGRAM} ${name} --help.`
        : suggestion(
            `--${option}`,
            Object.keys(options).map((each) => `--${each}`),
          ),
    );
  }
}
