import { InvalidArgumentError, Option } from "@commander-js/extra-typings";

const DAY_SECONDS = 86_400;

/** An option with a value. */
export function valueOption<Flags extends string>(flags: Flags, description: string) {
  return new Option(flags, description).argParser(parseValue);
}

/** An option with a value that may be given several times. */
export function listOption<Flags extends string>(flags: Flags, description: string) {
  return new Option(flags, `${description}; can be repeated`).argParser(
    (text: string, previous: readonly string[] | undefined): readonly string[] => [
      ...(previous ?? []),
      parseValue(text),
    ],
  );
}

/** Commander would take the next option as this option's value, and a shell gives an empty one for an unset variable. */
function parseValue(text: string): string {
  if (text === "") throw new InvalidArgumentError("The value is empty.");
  if (text.startsWith("--")) throw new InvalidArgumentError("A value is missing before this option.");
  return text;
}

export const configOption = () =>
  valueOption("--config <file>", "the connections file; default: $CONNECTIONS_FILE, or connections.json");

export const jsonOption = () => new Option("--json", "write only JSON to standard output");

/** A number of seconds above 0, at most `max`. */
export function secondsOption<Flags extends string>(flags: Flags, description: string, max = DAY_SECONDS) {
  return new Option(flags, description).argParser((text: string): number => {
    const seconds = Number(text);
    if (!(seconds > 0 && seconds <= max))
      throw new InvalidArgumentError(`Give a number of seconds up to ${max}.`);
    return seconds;
  });
}

export const allOption = (description: string) => new Option("--all", description);

export const secretOption = () =>
  listOption("--secret <id>", "select the connections of this secret (name or ARN)");

export const environmentOption = () =>
  valueOption("--environment <name>", "select only connections in this environment");
