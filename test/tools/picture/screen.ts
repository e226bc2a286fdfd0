import type { Stream } from "../../../src/terminal/terminal.ts";

const ESCAPE = "\u001b";
const ERASURE = new RegExp(`^${ESCAPE}\\[(\\d+)A${ESCAPE}\\[J`);
const WRAPPING = new RegExp(`${ESCAPE}\\[\\?7[hl]`, "g");
const STYLE = new RegExp(`${ESCAPE}\\[(\\d+)m`, "g");

export const COLUMNS = 80;

/** Text in one style, as a terminal code; 0 for none. */
export interface Span {
  readonly text: string;
  readonly code: string;
}

/** A terminal that records the final screen. */
export class Screen implements Stream {
  readonly isTTY = true;
  readonly rows = 60;
  readonly columns = COLUMNS;
  readonly lines: string[] = [];
  readonly getColorDepth = (): number => 8;

  readonly write = (text: string): void => {
    const drawn = ERASURE.exec(text);
    if (drawn) this.lines.splice(this.lines.length - Number(drawn[1]));
    const added = text.replace(ERASURE, "").replace(WRAPPING, "").split("\n");
    this.lines.push(...added.slice(0, -1));
  };
}

export function spansOf(line: string): Span[] {
  const [first = "", ...styled] = line.split(STYLE);
  const spans = [{ text: first, code: "0" }];
  for (let at = 0; at < styled.length; at += 2)
    spans.push({ text: styled[at + 1] ?? "", code: styled[at] ?? "0" });
  return spans.filter(({ text }) => text !== "");
}
