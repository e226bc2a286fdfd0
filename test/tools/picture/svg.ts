import type { Span } from "./screen.ts";

const LINE_HEIGHT = 19;
const CHARACTER_WIDTH = 8.2;
const MARGIN = 20;

/** CSS classes of terminal colours by code. The style sheet has their values for light and dark. */
const CLASSES: Readonly<Record<string, string>> = {
  1: "bold",
  2: "dim",
  31: "red",
  32: "green",
  33: "yellow",
  36: "cyan",
};

const LIGHT =
  "--paper:#ffffff;--ink:#1f2328;--dim:#59636e;--edge:#d1d9e0;--red:#cf222e;--green:#1a7f37;--yellow:#9a6700;--cyan:#0969da";
const DARK =
  "--paper:#0d1117;--ink:#e6edf3;--dim:#9198a1;--edge:#3d444d;--red:#ff7b72;--green:#7ee787;--yellow:#e3b341;--cyan:#79c0ff";

const STYLE = [
  `:root{${LIGHT}}@media(prefers-color-scheme:dark){:root{${DARK}}}`,
  ".paper{fill:var(--paper);stroke:var(--edge)}text{fill:var(--ink)}.bold{font-weight:bold}",
  ...["dim", "red", "green", "yellow", "cyan"].map((name) => `.${name}{fill:var(--${name})}`),
  ".line{stroke:var(--edge)}",
].join("");

export interface Picture {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly font: string;
  readonly body: readonly string[];
}

export const MONOSPACE = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
export const SANS = "system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif";

/** An SVG with a light and a dark style. */
export function toSvg({ title, width, height, font, body }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${height}" font-family="${font}" font-size="13.5" xml:space="preserve">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" x="0.5" y="0.5" width="${Math.ceil(width) - 1}" height="${height - 1}" rx="8"/>`,
    ...body,
    "</svg>\n",
  ].join("\n");
}

/** Lines of text, as in a terminal or a mail. */
export function textPicture(title: string, lines: readonly (readonly Span[])[], columns: number): string {
  const body = lines.map(
    (line, index) =>
      `<text x="${MARGIN}" y="${(index + 2) * LINE_HEIGHT - 4}">${line.map(toTspan).join("")}</text>`,
  );
  return toSvg({
    title,
    width: columns * CHARACTER_WIDTH + 2 * MARGIN,
    height: (lines.length + 2) * LINE_HEIGHT,
    font: MONOSPACE,
    body,
  });
}

function toTspan({ text, code }: Span): string {
  const name = CLASSES[code];
  return `<tspan${name === undefined ? "" : ` class="${name}"`}>${escaped(text)}</tspan>`;
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
