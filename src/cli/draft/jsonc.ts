import { applyEdits, createScanner, findNodeAtLocation, modify, type Node, parseTree } from "jsonc-parser";
import type { Draft, DraftEntry } from "./draft.ts";

/** The scanner's number of a comma; its enumeration cannot be imported. */
const COMMA = 5;
const FORMAT = { formattingOptions: { insertSpaces: true, tabSize: 2 } };

/** A connections.json without entries. */
export function emptyFile(schema: string | undefined): string {
  const schemaLine = schema === undefined ? "" : `  "$schema": ${JSON.stringify(schema)},\n`;
  return `{\n${schemaLine}  "environments": {\n  },\n  "connections": [\n  ]\n}\n`;
}

/**
 * Adds the entries at the end of their sections and changes nothing else. Incomplete entries become comments.
 * @throws Error if the text is not a JSON object.
 */
export function addEntries(text: string, { environments, connections }: Draft): string {
  return add(add(text, "environments", environments), "connections", connections);
}

function add(text: string, section: "environments" | "connections", entries: readonly DraftEntry[]): string {
  if (entries.length === 0) return text;
  const tree = parseTree(text, [], { allowTrailingComma: true });
  if (tree?.type !== "object") throw new Error("The text is not a JSON object.");
  const container = findNodeAtLocation(tree, [section]);
  if (container !== undefined) return insert(text, container, linesOf(section, entries));
  const empty = section === "environments" ? {} : [];
  const edits = modify(text, [section], empty, FORMAT);
  return edits.length === 0 ? text : add(applyEdits(text, edits), section, entries);
}

/** Entries before comments: if comments follow, the last entry also ends with a comma. */
function linesOf(section: string, entries: readonly DraftEntry[]): string[] {
  const active = entries.filter(({ isActive }) => isActive);
  const open = entries.filter(({ isActive }) => !isActive);
  return [
    ...active.map((entry, index) => {
      const isLast = index === active.length - 1 && open.length === 0;
      return `${textOf(section, entry)}${isLast ? "" : ","}`;
    }),
    ...open.map((entry) => `// ${textOf(section, entry)},`),
  ];
}

function textOf(section: string, { name, value, isActive }: DraftEntry): string {
  if (section === "connections") return oneLine(value);
  return `${JSON.stringify(name)}: ${isActive ? JSON.stringify(value, null, 2) : oneLine(value)}`;
}

function oneLine(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

function insert(text: string, container: Node, lines: readonly string[]): string {
  const close = container.offset + container.length - 1;
  const last = container.children?.at(-1);
  const lineStart = text.lastIndexOf("\n", close - 1) + 1;
  const closing = text.slice(lineStart, close);
  const isAlone = closing.trim() === "" && lineStart > container.offset;
  const outer = /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", container.offset) + 1))?.[0] ?? "";
  const added = lines.flatMap((entry) => entry.split("\n").map((line) => `${outer}  ${line}\n`)).join("");
  const at = isAlone ? lineStart : close;
  const before = isAlone ? "" : "\n";
  const after = isAlone ? "" : outer;
  const withEntries = `${text.slice(0, at)}${before}${added}${after}${text.slice(at)}`;
  if (last === undefined || hasComma(text, last.offset + last.length, close)) return withEntries;
  const end = last.offset + last.length;
  return `${withEntries.slice(0, end)},${withEntries.slice(end)}`;
}

function hasComma(text: string, from: number, to: number): boolean {
  const scanner = createScanner(text.slice(from, to), true);
  return Number(scanner.scan()) === COMMA;
}
