import { phaseKind } from "../rotation/connection.ts";
import type { OutcomeKind } from "../rotation/outcome.ts";
import { tableLines } from "./table.ts";
import type { Style, Terminal } from "./terminal.ts";
import { seconds } from "./text.ts";

export interface BoardRow {
  readonly environment: string;
  readonly name: string;
  readonly type: string;
  readonly phase: string;
  readonly style: Style;
  readonly timeMs?: number;
}

const HEAD = ["ENVIRONMENT", "CONNECTION", "TYPE", "PHASE", "TIME"] as const;

/** Where connections stand: a table that is drawn anew in a terminal, a line for each change in a pipe. */
export class StatusTable {
  readonly #terminal: Terminal;
  readonly #told = new Map<string, string>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(rows: readonly BoardRow[]): void {
    if (this.#terminal.isLive) this.#terminal.draw(this.#fitting(rows));
    else for (const row of rows.filter(({ style }) => style !== "dim")) this.#tellChange(row);
  }

  /** Shows the rows for the last time and leaves them there. */
  end(rows: readonly BoardRow[]): void {
    if (this.#terminal.isLive) this.#terminal.print(...this.#lines(rows));
    else for (const row of rows) this.#tellChange(row);
  }

  #fitting(rows: readonly BoardRow[]): readonly string[] {
    const room = this.#terminal.height - 1;
    if (rows.length < room) return this.#lines(rows);
    const isOver = ({ style }: BoardRow) => style === "green" || style === "red";
    const open = rows.filter((row) => !isOver(row));
    const shown = (open.length > 0 ? open : rows).slice(0, room - 1);
    return [
      ...this.#lines(shown),
      this.#terminal.paint("dim", `  ${rows.length - open.length} of ${rows.length} done`),
    ];
  }

  #lines(rows: readonly BoardRow[]): string[] {
    const cells = rows.map(({ environment, name, type, phase, style, timeMs }) => [
      { text: environment },
      { text: name },
      { text: type },
      { text: phase, style },
      { text: seconds(timeMs) },
    ]);
    return tableLines(this.#terminal, HEAD, cells);
  }

  #tellChange({ environment, name, type, phase, timeMs }: BoardRow): void {
    const key = `${environment}/${name}`;
    if (this.#told.get(key) === phase) return;
    this.#told.set(key, phase);
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
