import { systemClock } from "../rotation/clock.ts";
import type { CommandContext } from "./context.ts";

export interface Shown {
  readonly lines: readonly string[];
  /** Differs between two readings if anything except an age has changed. */
  readonly key: string;
}

export interface WatchOptions {
  readonly intervalMs: number;
  /** On a terminal, the lines replace the previous ones. */
  readonly isRedrawn: boolean;
}

/** Repeats a reading until Ctrl-C. In a pipe, lines are printed only if something has changed. */
export async function watch(
  read: () => Promise<Shown>,
  { intervalMs, isRedrawn }: WatchOptions,
  { out, onInterrupt }: Pick<CommandContext, "out" | "onInterrupt">,
): Promise<void> {
  const interrupt = new AbortController();
  const release = onInterrupt(() => interrupt.abort());
  const isDrawing = isRedrawn && out.isLive;
  const hint = out.paint("dim", `Every ${intervalMs / 1_000} s. Press Ctrl-C to end.`);
  let shown: Shown | undefined;
  try {
    do {
      const next = await read();
      if (isDrawing) out.draw([...fitting(next.lines, out.height - 1), hint]);
      else if (next.key !== shown?.key) out.print(...next.lines);
      shown = next;
      await systemClock.sleep(intervalMs, interrupt.signal);
    } while (!interrupt.signal.aborted);
  } finally {
    release();
    if (isDrawing && shown !== undefined) out.print(...shown.lines);
  }
}

function fitting(lines: readonly string[], height: number): readonly string[] {
  if (lines.length <= height) return lines;
  return [...lines.slice(0, height - 1), `  and ${lines.length - height + 1} more lines`];
}
