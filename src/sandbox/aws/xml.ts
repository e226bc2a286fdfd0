/** Escaped markup. */
export interface Xml {
  readonly markup: string;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** An element: texts are escaped, elements are inserted as they are. */
export function element(name: string, ...content: readonly (Xml | string)[]): Xml {
  const inside = content.map((part) => (typeof part === "string" ? escaped(part) : part.markup)).join("");
  return { markup: `<${name}>${inside}</${name}>` };
}
