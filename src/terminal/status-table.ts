import { phaseKind, qualifiedName } from "../rotation/connection.ts";
import type { OutcomeKind } from "../rotation/outcome.ts";
import { tableLines } from "./table.ts";
import type { Style, Terminal } from "./terminal.ts";
import { seconds } from "./text.ts";

export interface StatusRow {
  readonly environment: string;
  readonly name: string;
  readonly type: string;
  readonly phase: string;
  readonly style: Style;
  readonly timeMs?: number;
}

const COLUMNS = [
  { title: "ENVIRONMENT", rank: 1 },
  { title: "CONNECTION" },
  { title: "TYPE", rank: 2 },
  { title: "PHASE" },
  { title: "TIME" },
] as const;

/** The state of connections: a redrawn table on a terminal, one line per change in a pipe. */
export class StatusTable {
  readonly #terminal: Terminal;
  readonly #printed = new Map<string, string>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** @param notice shown below the table on a terminal. */
  show(rows: readonly StatusRow[], notice?: string): void {
    const below = notice === undefined ? [] : [this.#terminal.paint("yellow", `  ${notice}`)];
    if (this.#terminal.isLive)
      this.#terminal.draw([...this.#fitting(rows, this.#terminal.height - 1 - below.length), ...below]);
    else for (const row of rows.filter(({ style }) => style !== "dim")) this.#printChange(row);
  }

  /** Prints the final rows, which remain. */
  end(rows: readonly StatusRow[]): void {
    if (this.#terminal.isLive) this.#terminal.print(...this.#lines(rows));
    else for (const row of rows) this.#printChange(row);
  }

  #fitting(rows: readonly StatusRow[], maxLines: number): readonly string[] {
    const all = this.#lines(rows);
    if (all.length <= maxLines) return all;
    const isDone = ({ style }: StatusRow) => style === "green" || style === "red";
    const open = rows.filter((row) => !isDone(row));
    const shown = (open.length > 0 ? open : rows).slice(0, maxLines - 1);
    return [
      ...this.#lines(shown).slice(0, maxLines - 1),
      this.#terminal.paint("dim", `  ${rows.length - open.length} of ${rows.length} done`),
    ];
  }

  #lines(rows: readonly StatusRow[]): string[] {
    const cells = rows.map(({ environment, name, type, phase, style, timeMs }) => [
      { text: environment },
      { text: name },
      { text: type },
      { text: phase, style },
      { text: seconds(timeMs) },
    ]);
    return tableLines(this.#terminal, COLUMNS, cells);
  }

  #printChange(row: StatusRow): void {
    const { type, phase, timeMs } = row;
    const key = qualifiedName(row);
    if (this.#printed.get(key) === phase) return;
    this.#printed.set(key, phase);
    this.#terminal.print([`${key} (${type}): ${phase}`, seconds(timeMs)].join(" ").trimEnd());
  }
}

export function phaseStyle(phase: string): Style {
  const styles = {
    usable: "green",
    refused: "red",
    unreachable: "red",
    silent: "yellow",
    pending: "yellow",
  } as const;
  return styles[phaseKind(phase)];
}

export function outcomeStyle(outcome: OutcomeKind): Style {
  switch (outcome) {
    case "ready":
    case "applied":
    case "skipped":
    case "planned":
      return "green";
    case "failed":
    case "rolled-back":
      return "red";
    case "unverified":
    case "not-attempted":
      return "yellow";
  }
}
