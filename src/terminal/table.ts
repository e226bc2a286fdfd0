import type { Style, Terminal } from "./terminal.ts";

export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

/** Rows below a dimmed header; each column is as wide as its widest text. */
export function tableLines(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.text.length ?? 0)),
  );
  const line = (cells: readonly Cell[]) =>
    cells.map(({ text, style }, column) => {
      const padded = column === head.length - 1 ? text : text.padEnd(widths[column] ?? 0);
      return style === undefined ? padded : terminal.paint(style, padded);
    });
  const titles = head.map((text) => ({ text, style: "dim" }) as const);
  return [titles, ...rows].map((cells) => `  ${line(cells).join("  ")}`.trimEnd());
}
