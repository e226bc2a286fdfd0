import type { RunContext } from "../dependencies.ts";
import { printable } from "../untrusted-text.ts";
import type { StatementState } from "./api.ts";
import type { StatementEntry } from "./recorder.ts";

const MAX_NAME_LENGTH = 100;

/** What the report says about a statement. Its names come from outside. */
export function describeStatement(
  context: Pick<RunContext, "redactor">,
  environment: string,
  { name, phase, connections = [] }: StatementState,
): Omit<StatementEntry, "action"> {
  const shown = (text: string): string => printable(context.redactor.redactName(text), MAX_NAME_LENGTH);
  return { environment, name: shown(name), phase, connections: connections.map(shown) };
}
