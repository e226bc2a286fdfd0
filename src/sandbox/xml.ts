/** Markup that is already escaped. */
export interface Xml {
  readonly markup: string;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? "");

/** An element whose text is escaped and whose elements are taken as they are. */
export function element(name: string, ...content: readonly (Xml | string)[]): Xml {
  const inside = content.map((part) => (typeof part === "string" ? escaped(part) : part.markup)).join("");
  return { markup: `<${name}>${inside}</${name}>` };
}
