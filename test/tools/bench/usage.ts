import { readFileSync } from "node:fs";
import * as z from "zod/mini";

export const usage = z.object({
  outcome: z.string(),
  wallMs: z.number(),
  cpuMs: z.number(),
  peakRssBytes: z.number(),
});

/** The result of some work and its time and memory. */
export type Usage = z.infer<typeof usage>;

/** Does the work, sends its usage to the parent process and lets this process end. */
export async function reportUsage(work: () => Promise<string>): Promise<void> {
  const startedAt = Date.now();
  const cpuBefore = process.cpuUsage();
  const outcome = await work();
  const wallMs = Date.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const used: Usage = { outcome, wallMs, cpuMs: (user + system) / 1_000, peakRssBytes: peakRssBytes() };
  process.send?.(used, () => process.disconnect());
}

/** `resourceUsage` would include the parent's memory at the time of the fork. */
function peakRssBytes(): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(match?.[1] ?? 0) * 1_024;
}
