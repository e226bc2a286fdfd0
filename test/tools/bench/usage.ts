import { readFileSync } from "node:fs";
import * as z from "zod/mini";

export const usage = z.object({
  outcome: z.string(),
  wallMs: z.number(),
  cpuMs: z.number(),
  peakRssBytes: z.number(),
});

/** What a piece of work came to, and what it took of this process. */
export type Usage = z.infer<typeof usage>;

/** Does the work, tells the parent process what it took, and lets this process end. */
export async function tellUsage(work: () => Promise<string>): Promise<void> {
  const startedAt = Date.now();
  const cpuBefore = process.cpuUsage();
  const outcome = await work();
  const wallMs = Date.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const told: Usage = { outcome, wallMs, cpuMs: (user + system) / 1_000, peakRssBytes: peakRssBytes() };
  process.send?.(told, () => process.disconnect());
}

/** `resourceUsage` would count what the parent had when it forked. */
function peakRssBytes(): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(match?.[1] ?? 0) * 1_024;
}
