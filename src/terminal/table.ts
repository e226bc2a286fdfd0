import stringWidth from "string-width";
import type { Style, Terminal } from "./terminal.ts";

export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

export interface Column {
  readonly title: string;
  /** Columns with a rank are omitted if the terminal is too narrow, the highest rank first. */
  readonly rank?: number;
}

const INDENT = "  ";
const GAP = "  ";
/** Columns are omitted before the others become narrower than this. */
const COMFORTABLE_WIDTH = 24;
/** A name is not wrapped into pieces shorter than this. */
const MIN_WIDTH = 10;

/** Rows below a dimmed header. Long texts are wrapped and columns omitted until the table fits the terminal. */
export function tableLines(
  terminal: Terminal,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): string[] {
  const natural = columns.map(({ title }, index) =>
    Math.max(...[title, ...rows.map((row) => row[index]?.text ?? "")].map((text) => stringWidth(text))),
  );
  const shown = fittingColumns(columns, natural, terminal.columns);
  const widths = fittingWidths(
    shown.map((index) => natural[index] ?? 0),
    terminal.columns,
  );
  const pick = (cells: readonly Cell[]) => shown.map((index) => cells[index] ?? { text: "" });
  const head = columns.map(({ title: text }) => ({ text, style: "dim" }) as const);
  return [head, ...rows].flatMap((cells) => rowLines(terminal, pick(cells), widths));
}

/** The indexes of the columns that remain. */
function fittingColumns(
  columns: readonly Column[],
  natural: readonly number[],
  available: number,
): readonly number[] {
  const shown = columns.map((_, index) => index);
  const widthOf = () => totalWidth(shown.map((index) => Math.min(natural[index] ?? 0, COMFORTABLE_WIDTH)));
  while (widthOf() > available) {
    const ranked = shown.filter((index) => columns[index]?.rank !== undefined);
    const [dropped] = ranked.toSorted((a, b) => (columns[b]?.rank ?? 0) - (columns[a]?.rank ?? 0));
    if (dropped === undefined) break;
    shown.splice(shown.indexOf(dropped), 1);
  }
  return shown;
}

/** Narrows the widest column until the row fits. */
function fittingWidths(natural: readonly number[], available: number): readonly number[] {
  const widths = [...natural];
  for (let over = totalWidth(widths) - available; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= MIN_WIDTH) break;
    widths[widest] = width - 1;
  }
  return widths;
}

function totalWidth(widths: readonly number[]): number {
  return INDENT.length + widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
}

/** The lines of one row: as many as its tallest cell has. */
function rowLines(terminal: Terminal, cells: readonly Cell[], widths: readonly number[]): string[] {
  const pieces = cells.map(({ text }, column) => wrapName(text, widths[column] ?? 0));
  const height = Math.max(...pieces.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => {
    const texts = cells.map(({ style }, column) => {
      const piece = pieces[column]?.[line] ?? "";
      const isLast = column === cells.length - 1;
      const padding = isLast ? 0 : Math.max(0, (widths[column] ?? 0) - stringWidth(piece));
      const padded = `${piece}${" ".repeat(padding)}`;
      return style === undefined ? padded : terminal.paint(style, padded);
    });
    return `${INDENT}${texts.join(GAP)}`.trimEnd();
  });
}

/** Breaks a text after a blank or one of - _ / . : where possible. */
function wrapName(text: string, width: number): string[] {
  const lines = [""];
  for (const part of text.match(/[^-_/.:\s]*[-_/.:\s]?/g) ?? [])
    for (const piece of cut(part, width)) {
      const line = lines.at(-1) ?? "";
      if (line === "" || stringWidth(`${line}${piece}`.trimEnd()) <= width)
        lines[lines.length - 1] = line + piece;
      else lines.push(piece);
    }
  return lines.map((line) => line.trimEnd());
}

/** Breaks a word that is longer than the column. */
function cut(word: string, width: number): string[] {
  if (stringWidth(word.trimEnd()) <= width) return [word];
  const pieces = [""];
  for (const { segment } of new Intl.Segmenter().segment(word)) {
    const piece = pieces.at(-1) ?? "";
    if (stringWidth(piece + segment) <= width || piece === "") pieces[pieces.length - 1] = piece + segment;
    else pieces.push(segment);
  }
  return pieces;
}
