/** The text with `NAME` in place of a connection's name, so that it is the same for each connection. */
export function withoutName(text: string, name: string): string {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, "g"), "NAME");
}
