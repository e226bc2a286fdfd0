import type { Terminal } from "../terminal/terminal.ts";

const MAX_SHOWN = 20;

interface Folded<T> {
  readonly shown: readonly T[];
  readonly folded: readonly T[];
}

/** On a terminal, folds more than twenty rows that need no attention into a count. */
export function fold<T>({ isTTY }: Terminal, rows: readonly T[], all: boolean): Folded<T> {
  return all || !isTTY || rows.length <= MAX_SHOWN
    ? { shown: rows, folded: [] }
    : { shown: [], folded: rows };
}
