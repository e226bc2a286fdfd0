import { printable } from "../untrusted-text.ts";
import type { Report } from "./report.ts";

type Statement = NonNullable<Report["statements"]>[number];

const MAX_NAMED = 50;

/** The statements that the rotator has stopped and that do not run again. */
export function interruptedStatements({ statements = [] }: Report): readonly Statement[] {
  return statements.filter(({ action }) => action === "not-resumed");
}

/** For the subject of an alert. */
export function describeInterrupted(interrupted: readonly Statement[]): string {
  const [first, ...others] = interrupted.map(({ name }) => name);
  return `${first}${others.length > 0 ? ` and ${others.length} more` : ""} stopped and not running again`;
}

/** The first paragraphs of the alert about interrupted statements. */
export function interruptedText(interrupted: readonly Statement[]): readonly string[] {
  return interrupted.map(({ environment, name, phase, message, nextStep }) =>
    [
      `${environment} / statement ${name}: stopped, and not running again.`,
      ...(message === undefined ? [] : [`  What:       ${message}`]),
      `  Phase:      ${phase}`,
      ...(nextStep === undefined ? [] : [`  Resume it:  ${nextStep}`]),
    ].join("\n"),
  );
}

/** One line about the statements that still run with the key from before; none if there are none. */
export function staleStatementsLine({ statements = [] }: Report): readonly string[] {
  const stale = statements.filter(({ action }) =>
    ["reported", "not-restarted", "would-restart"].includes(action),
  );
  if (stale.length === 0) return [];
  const names = stale.slice(0, MAX_NAMED).map(({ environment, name }) => `${environment}/${name}`);
  const more = stale.length > MAX_NAMED ? ` and ${stale.length - MAX_NAMED} more` : "";
  return [printable(`At least these still run with the key from before: ${names.join(", ")}${more}.`)];
}
