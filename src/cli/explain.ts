import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Terminal } from "../terminal/terminal.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./errors.ts";
import { exampleText } from "./help.ts";
import { PROGRAM } from "./program-name.ts";
import { inline, type Runbook, readRunbook, renderMarkdown } from "./runbook.ts";
import { suggestion } from "./suggestion.ts";

const DESCRIPTION = `Explain an error class, an outcome or a state: what it means and what to do.

The text comes from the runbook. Without a word, the command lists all words.`;

export function explainCommand({ out }: CommandContext): CommandUnknownOpts {
  return new Command("explain")
    .summary("Explain an error class, an outcome or a state")
    .description(DESCRIPTION)
    .argument("[word]", "such as rejected, applied or stale")
    .addHelpText(
      "after",
      exampleText(out, [
        ["explain rejected", "what to do about a refused key"],
        ["explain", "every word, with a sentence about each"],
      ]),
    )
    .action((word) => {
      const runbook = readRunbook();
      out.print(...(word === undefined ? overview(out, runbook) : explanation(out, runbook, word)));
    });
}

/** The words that can be explained. */
export function explainedWords({ words }: Runbook): string[] {
  return [...words.keys()];
}

function overview(out: Terminal, { words }: Runbook): string[] {
  const width = Math.max(...[...words.keys()].map((word) => word.length));
  return [...words].flatMap(([word, meaning]) => {
    const [first = "", ...rest] = out.wrap(inline(out, meaning), " ".repeat(width + 4));
    return [`  ${out.paint("bold", word.padEnd(width))}  ${first.trimStart()}`, ...rest];
  });
}

function explanation(out: Terminal, runbook: Runbook, word: string): string[] {
  const key = word.toLowerCase();
  const meaning = runbook.words.get(key) ?? runbook.words.get(word.toUpperCase());
  const section = runbook.sections.get(key);
  if (meaning === undefined && section === undefined)
    throw new UsageError(
      `The runbook does not explain "${word}".`,
      `${suggestion(key, explainedWords(runbook))} All words: ${PROGRAM} explain`,
    );
  const summary =
    meaning === undefined ? [] : out.wrap(`${out.paint("bold", word)}: ${inline(out, meaning)}.`);
  return [...summary, ...(section === undefined ? [] : ["", ...renderMarkdown(out, section)])];
}
