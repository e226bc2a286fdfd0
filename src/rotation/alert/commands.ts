import type { Outcome } from "../outcome.ts";
import { scopeOf } from "../secret-id.ts";
import { regionOption, shellQuote } from "../shell.ts";
import { wasBrokenByOther } from "./holding.ts";

/**
 * Gives AWSCURRENT of a secret back to the version before the refused one, in lines that a mail does not wrap; `undefined`
 * if one of the ids is not known, or if that version's key was refused before.
 */
export function restoreCommand(
  outcomes: readonly Outcome[],
  region: string | undefined,
): readonly string[] | undefined {
  const [known] = outcomes.flatMap(({ secret, secretVersionId: refused, previousVersionId: previous }) =>
    refused === undefined || previous === undefined || refused === previous
      ? []
      : [{ secret, refused, previous }],
  );
  if (known === undefined || outcomes.some(wasBrokenByOther)) return undefined;
  const { secret, refused, previous } = known;
  return [
    `aws secretsmanager update-secret-version-stage${regionOption(scopeOf(secret)?.region ?? region)} \\`,
    `  --secret-id ${shellQuote(secret)} --version-stage AWSCURRENT \\`,
    `  --move-to-version-id ${shellQuote(previous)} \\`,
    `  --remove-from-version-id ${shellQuote(refused)}`,
  ];
}

/** A command of several lines as one line. */
export function inOneLine(command: readonly string[]): string {
  return command.map((line) => line.trim().replace(/ \\$/, "")).join(" ");
}
