import type { CommandContext } from "./context.ts";
import { InterruptedError } from "./errors.ts";

/**
 * Asks for confirmation of an action on all connections. It asks only at a terminal; scripts continue.
 * @throws InterruptedError unless the answer is yes.
 */
export async function confirmWide(
  question: string,
  { ask, isInteractive }: Pick<CommandContext, "ask" | "isInteractive">,
): Promise<void> {
  if (!isInteractive) return;
  const answer = await ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer?.trim() ?? ""))
    throw new InterruptedError(
      "The answer was not yes, so nothing was sent. With --yes, the command does not ask.",
    );
}
