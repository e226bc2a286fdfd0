import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WaitingNotice } from "../../src/terminal/waiting-notice.ts";
import { fakeTerminal } from "../support/terminal.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function startNotice(isTTY: boolean, env = {}) {
  const { terminal, written } = fakeTerminal({ isTTY, env: { NO_COLOR: "1", ...env } });
  return { notice: new WaitingNotice(terminal), written };
}

describe("the notice about pending requests", () => {
  it("appears after a second, counts the seconds and disappears", async () => {
    const { notice, written } = startNotice(true);
    const work = Promise.withResolvers<string>();
    const result = notice.during("secret openai", () => work.promise);
    vi.advanceTimersByTime(999);
    expect(written()).toBe("");
    vi.advanceTimersByTime(1_001);
    expect(written()).toContain("Waiting for secret openai … 1 s\n");
    expect(written()).toContain("Waiting for secret openai … 2 s\n");
    work.resolve("value");
    expect(await result).toBe("value");
    expect(written().endsWith("\x1b[1A\x1b[J")).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("counts the other pending requests", async () => {
    const { notice, written } = startNotice(true);
    const works = ["a", "b", "b"].map((name) => {
      const work = Promise.withResolvers<void>();
      return { ...work, waiting: notice.during(name, () => work.promise) };
    });
    vi.advanceTimersByTime(1_000);
    expect(written()).toContain("Waiting for a and 1 more … 1 s\n");
    for (const { resolve } of works) resolve();
    await Promise.all(works.map(({ waiting }) => waiting));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("disappears if the work fails", async () => {
    const { notice } = startNotice(true);
    await expect(notice.during("a", () => Promise.reject(new Error("No.")))).rejects.toThrow("No.");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is one line on a dumb terminal", async () => {
    const { notice, written } = startNotice(true, { TERM: "dumb" });
    const work = Promise.withResolvers<void>();
    const waiting = notice.during("secret openai", () => work.promise);
    vi.advanceTimersByTime(5_000);
    work.resolve();
    await waiting;
    expect(written()).toBe("Waiting for secret openai …\n");
  });

  it("does not appear in a pipe", async () => {
    const { notice, written } = startNotice(false);
    const work = Promise.withResolvers<void>();
    const waiting = notice.during("a", () => work.promise);
    vi.advanceTimersByTime(5_000);
    work.resolve();
    await waiting;
    expect(written()).toBe("");
  });
});
