import type * as z from "zod/mini";
import { qualifiedName } from "../connection.ts";
import type { StatementAction, statementSchema } from "../report/schema.ts";

/** The report's entry for one statement. */
export type StatementEntry = z.output<typeof statementSchema>;

/** True for a statement that the rotator has stopped and that does not run again. */
export function isInterrupted({ action }: { readonly action: StatementAction }): boolean {
  return action === "not-resumed";
}

/** Collects what a run finds and does about statements. For each statement, the last entry counts. */
export class StatementRecorder {
  readonly #entries = new Map<string, StatementEntry>();

  record(entry: StatementEntry): void {
    this.#entries.set(qualifiedName(entry), entry);
  }

  has(statement: Pick<StatementEntry, "environment" | "name">): boolean {
    return this.#entries.has(qualifiedName(statement));
  }

  /** Those that do not run any more come first. */
  entries(): readonly StatementEntry[] {
    return [...this.#entries.values()].toSorted(
      (a, b) => Number(isInterrupted(b)) - Number(isInterrupted(a)),
    );
  }
}
