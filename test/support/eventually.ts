import { vi } from "vitest";

/** Resolves with the result of `check` as soon as it no longer throws. On a busy machine that may take long. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 30_000, interval: 5 });
}
