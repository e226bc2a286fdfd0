/** Markup that is already escaped. */
export interface Xml {
  readonly markup: string;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** An element whose text is escaped and whose elements are taken as they are. */
export function element(name: string, ...content: readonly (Xml | string)[]): Xml {
  const inside = content.map((part) => (typeof part === "string" ? escaped(part) : part.markup)).join("");
  return { markup: `<${name}>${inside}</${name}>` };
}
