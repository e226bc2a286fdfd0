import * as z from "zod";
import type { Terminal } from "../../terminal/terminal.ts";
import type { PublishedMessage } from "../aws/sns.ts";

const byProtocol = z.object({ default: z.string() });

/** An alert as an e-mail subscriber sees it. */
export function alertLines(terminal: Terminal, { subject, message }: PublishedMessage): string[] {
  const text = byProtocol.parse(JSON.parse(message)).default;
  const bar = terminal.paint("yellow", "│");
  const lines = text.split("\n").map((line) => `${bar} ${line}`.trimEnd());
  return [`${bar} ${terminal.paint("bold", subject ?? "")}`, bar, ...lines];
}
