import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Terminal } from "../terminal/terminal.ts";
import { PROGRAM } from "./program-name.ts";

/** The text of docs/runbook.md, which the build inserts into the bundle. */
declare const RUNBOOK: string | undefined;

export interface Runbook {
  /** A sentence about each word, from the tables. */
  readonly words: ReadonlyMap<string, string>;
  /** The body of each section, by its heading. */
  readonly sections: ReadonlyMap<string, string>;
}

export function readRunbook(): Runbook {
  const text =
    typeof RUNBOOK === "string"
      ? RUNBOOK
      : readFileSync(join(import.meta.dirname, "../../docs/runbook.md"), "utf8");
  return parseRunbook(text);
}

export function parseRunbook(text: string): Runbook {
  const rows = text.matchAll(/^\| \[?`([^`]+)`(?:\]\([^)]*\))? \| (.*?) \|$/gm);
  const [, ...parts] = text.split(/^## /m);
  return {
    words: new Map([...rows].map(([, word = "", meaning = ""]) => [word, meaning])),
    sections: new Map(
      parts.map((part) => {
        const [heading = "", ...body] = part.split("\n");
        return [heading.trim(), body.join("\n").trim()];
      }),
    ),
  };
}

/** Markdown as lines for a terminal: paragraphs wrapped, items and code indented. */
export function renderMarkdown(terminal: Terminal, markdown: string): string[] {
  const blocks = markdown.split(/\n{2,}/).filter((block) => block.trim() !== "");
  return blocks.flatMap((block, index) => [...(index === 0 ? [] : [""]), ...renderBlock(terminal, block)]);
}

function renderBlock(terminal: Terminal, block: string): string[] {
  if (block.startsWith("```"))
    return block.split("\n").flatMap((line) => (line.startsWith("```") ? [] : [`    ${asCommand(line)}`]));
  if (block.startsWith("|")) return renderTable(terminal, block);
  return block.split(/\n(?=(?:- |\d+\. ))/).flatMap((item) => {
    const [, marker = ""] = /^(- |\d+\. )/.exec(item) ?? [];
    const text = item.slice(marker.length).replaceAll(/\s*\n\s*/g, " ");
    const [first = "", ...rest] = terminal.wrap(inline(terminal, text), " ".repeat(marker.length));
    return [`${marker}${first.slice(marker.length)}`, ...rest];
  });
}

function renderTable(terminal: Terminal, block: string): string[] {
  const [, , ...rows] = block.split("\n").map((row) => row.split("|").slice(1, -1));
  return rows.flatMap(([head = "", ...cells]) => [
    ...terminal.wrap(inline(terminal, head.trim())),
    ...cells.flatMap((cell) => terminal.wrap(inline(terminal, cell.trim()), "    ")),
  ]);
}

/** Bold stays bold; links and code become plain text. */
export function inline(terminal: Terminal, text: string): string {
  return asCommand(text)
    .replaceAll(/\[([^\]]*)\]\((https?:[^)]*)\)/g, "$1 ($2)")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/\*\*(.+?)\*\*/g, (_, bold: string) => terminal.paint("bold", bold))
    .replaceAll("`", "");
}

function asCommand(text: string): string {
  return text.replaceAll("npx . ", `${PROGRAM} `);
}
