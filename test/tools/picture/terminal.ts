import { writeFileSync } from "node:fs";
import { playDemo } from "../../../src/sandbox/demo/play.ts";
import { SCENARIOS } from "../../../src/sandbox/demo/scenarios.ts";
import { type Stream, Terminal } from "../../../src/terminal/terminal.ts";

/** Draws the first three scenarios of `npm start`, from a real run, as the picture in the README. */
const FILE = ".github/terminal.svg";
const WIDTH = 112;
const LINE_HEIGHT = 18;
const CHARACTER_WIDTH = 8.1;
const COLOURS: Readonly<Record<string, string>> = {
  2: "#8b949e",
  31: "#ff7b72",
  32: "#7ee787",
  33: "#e3b341",
  36: "#79c0ff",
};

const ESCAPE = "\u001b";
const ERASURE = new RegExp(`^${ESCAPE}\\[(\\d+)A${ESCAPE}\\[J`);
const WRAPPING = new RegExp(`${ESCAPE}\\[\\?7[hl]`, "g");
const STYLE = new RegExp(`${ESCAPE}\\[(\\d+)m`);

class Screen implements Stream {
  readonly isTTY = true;
  readonly rows = 200;
  readonly lines: string[] = [];
  readonly getColorDepth = (): number => 8;

  readonly write = (text: string): void => {
    const drawn = ERASURE.exec(text);
    if (drawn) this.lines.splice(this.lines.length - Number(drawn[1]));
    const added = text.replace(ERASURE, "").replace(WRAPPING, "").split("\n");
    this.lines.push(...added.slice(0, -1));
  };
}

function toSpans(line: string): string {
  const [first = "", ...styled] = line.split(new RegExp(STYLE, "g"));
  let left = WIDTH;
  const span = (text: string, code: string): string => {
    const shown = text.length > left ? `${text.slice(0, left - 1)}…` : text;
    if (left <= 0 || shown === "") return "";
    left -= shown.length;
    const safe = shown.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    const weight = code === "1" ? ' font-weight="bold"' : "";
    return `<tspan${weight}${COLOURS[code] ? ` fill="${COLOURS[code]}"` : ""}>${safe}</tspan>`;
  };
  const spans = [span(first, "0")];
  for (let at = 0; at < styled.length; at += 2) spans.push(span(styled[at + 1] ?? "", styled[at] ?? "0"));
  return spans.join("");
}

function toSvg(lines: readonly string[]): string {
  const [width, height] = [WIDTH * CHARACTER_WIDTH + 40, (lines.length + 2) * LINE_HEIGHT];
  const text = lines.map(
    (line, index) => `<text x="20" y="${(index + 2) * LINE_HEIGHT}">${toSpans(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13.5" fill="#e6edf3" xml:space="preserve">`,
    "<title>What npm start shows</title>",
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    ...text,
    "</svg>\n",
  ].join("\n");
}

const screen = new Screen();
const isWell = await playDemo(new Terminal(screen, {}), SCENARIOS.slice(0, 3));
writeFileSync(FILE, toSvg(screen.lines));
process.exitCode = isWell ? 0 : 1;
