import { describe, expect, it } from "vitest";
import { type Load, lowerBoundMs } from "./bound.ts";

const load = (changes: Partial<Load> = {}): Load => ({
  connections: 1,
  secrets: 1,
  canary: false,
  latencyMs: 50,
  timeToReadyMs: 2_000,
  limits: {},
  ...changes,
});

describe("lowerBoundMs", () => {
  it("is a read, a PUT and the time to ready for one connection", () => {
    expect(lowerBoundMs(load())).toBe(2_100);
  });

  it("delays the 51st request by a second", () => {
    expect(lowerBoundMs(load({ connections: 49 }))).toBe(2_100);
    expect(lowerBoundMs(load({ connections: 50 }))).toBe(1_000 + 50 + 2_000);
  });

  it("delays the 1,001st request by a minute", () => {
    expect(lowerBoundMs(load({ connections: 1_000 }))).toBe(60_050 + 50 + 2_000);
  });

  it("uses the server's limit if it is stricter", () => {
    expect(lowerBoundMs(load({ connections: 100, limits: { perSecond: 20 } }))).toBe(5_000 + 50 + 2_000);
    expect(lowerBoundMs(load({ connections: 100, limits: { perSecond: 500 } }))).toBe(2_000 + 50 + 2_000);
  });

  it("waits for the canary before it sends the others", () => {
    expect(lowerBoundMs(load({ connections: 10, canary: true }))).toBe(50 + 2 * 2_050);
  });
});
