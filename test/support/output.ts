import { onTestFinished, vi } from "vitest";

export type Line = Readonly<Record<string, unknown>>;

/** What the process prints from now on: one parsed line for each that is printed at this log level. */
export function captureOutput(level = "DEBUG"): () => Line[] {
  vi.stubEnv("POWERTOOLS_LOG_LEVEL", level);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const printed: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((chunk) => {
      printed.push(String(chunk));
      return true;
    });
  }
  return () =>
    printed
      .join("")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
}
