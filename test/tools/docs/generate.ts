import { alertParts } from "./alerts.ts";
import { cliParts } from "./cli.ts";
import { configurationParts } from "./configuration.ts";

/** The documents with generated parts and their generators. */
export const GENERATED: ReadonlyMap<string, () => ReadonlyMap<string, string>> = new Map([
  ["docs/alerts.md", alertParts],
  ["docs/cli.md", cliParts],
  ["docs/configuration.md", configurationParts],
]);

/**
 * Replaces the text between `<!-- generated: NAME -->` and `<!-- end: NAME -->`.
 * @throws Error for a part without its markers.
 */
export function withParts(document: string, parts: ReadonlyMap<string, string>): string {
  return [...parts].reduce((text, [name, part]) => {
    const [begin, end] = [`<!-- generated: ${name} -->\n`, `\n<!-- end: ${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`There is no place for the generated part "${name}".`);
    return `${text.slice(0, from + begin.length)}\n${part}\n${text.slice(to)}`;
  }, document);
}
