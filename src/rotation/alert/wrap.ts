/** The columns of a text for people. */
const WIDTH = 78;

/** The text in lines of at most `width` characters; words that are longer, such as addresses, are not cut. */
export function wrap(text: string, indent = "", width = WIDTH): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent.length + longer.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  return [...lines, indent + line];
}

/** Labels with their values, which are wrapped beside them; a label without a value is left out. */
export function factLines(facts: readonly (readonly [label: string, value: string | undefined])[]): string[] {
  return facts.flatMap(([label, value]) => {
    if (!value) return [];
    const [line = "", ...more] = wrap(value, "           ");
    return [`  ${`${label}:`.padEnd(9)}${line.trimStart()}`, ...more];
  });
}
