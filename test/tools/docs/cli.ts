import { helpTexts } from "../../support/help.ts";

/** The generated parts of docs/cli.md by marker. */
export function cliParts(): ReadonlyMap<string, string> {
  const sections = [...helpTexts()].map(([name, help]) =>
    [...(name === "" ? [] : [`## ${name}`, ""]), "```text", help.trimEnd(), "```"].join("\n"),
  );
  return new Map([["commands", sections.join("\n\n")]]);
}
