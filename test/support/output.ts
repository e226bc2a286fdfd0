import { vi } from "vitest";
import { recordOutput } from "./leak-watch.ts";

export type Line = Readonly<Record<string, unknown>>;

/** Records the output of the process from now on, at this log level. */
export function captureText(level: string): () => string {
  process.env["POWERTOOLS_LOG_LEVEL"] = level;
  const printed: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((chunk) => {
      const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
      printed.push(text);
      recordOutput(text);
      return true;
    });
  }
  return () => printed.join("");
}

/** Records the printed JSON lines, parsed. */
export function captureOutput(level = "DEBUG"): () => Line[] {
  const text = captureText(level);
  return () =>
    text()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
}
