import { createInterface } from "node:readline";

/** Prints a question to standard error and reads a line; `undefined` at the end of the input. */
export async function ask(question: string): Promise<string | undefined> {
  process.stderr.write(question);
  // With `terminal: false`, Ctrl-C ends the process as usual.
  const lines = createInterface({ input: process.stdin, terminal: false });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  lines.once("line", resolve).once("close", () => resolve(undefined));
  try {
    const line = await promise;
    if (line === undefined) process.stderr.write("\n");
    return line;
  } finally {
    lines.close();
  }
}
