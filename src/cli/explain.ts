import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Terminal } from "../terminal/terminal.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./errors.ts";
import { exampleText } from "./help.ts";
import { PROGRAM } from "./program-name.ts";
import { inline, type Runbook, readRunbook, renderMarkdown } from "./runbook.ts";
import { suggestion } from "./suggestion.ts";

const DESCRIPTION = `Explain an error class, an outcome, a state or a word of an alert: what it means and what to do.

The text comes from the runbook. Without a word, the command lists all words.`;

export function explainCommand({ out }: CommandContext): CommandUnknownOpts {
  return new Command("explain")
    .summary("Explain an error class, an outcome or a state")
    .description(DESCRIPTION)
    .argument("[word...]", "such as rejected, applied, stale or NOT KNOWN")
    .addHelpText(
      "after",
      exampleText(out, [
        ["explain rejected", "what to do about a refused key"],
        ["explain NOT KNOWN", "the first words of an alert"],
        ["explain", "every word, with a sentence about each"],
      ]),
    )
    .action((words) => {
      const runbook = readRunbook();
      out.print(...(words.length === 0 ? overview(out, runbook) : explanation(out, runbook, words)));
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

function explanation(out: Terminal, runbook: Runbook, given: readonly string[]): string[] {
  const word = longestKnown(runbook, given) ?? given.join(" ");
  const key = word.toLowerCase();
  const meaning = meaningOf(runbook, word);
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

/** An alert says more than the explained word, such as DOWN NOW. */
function longestKnown(runbook: Runbook, given: readonly string[]): string | undefined {
  const beginnings = given.map((_, index) => given.slice(0, given.length - index).join(" "));
  return beginnings.find((beginning) => meaningOf(runbook, beginning) !== undefined);
}

function meaningOf({ words }: Runbook, word: string): string | undefined {
  return words.get(word.toLowerCase()) ?? words.get(word.toUpperCase());
}
