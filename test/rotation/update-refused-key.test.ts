import { describe, expect, it } from "vitest";
import type { AuthData, Settings } from "../../src/sandbox/confluent/settings.ts";
import { HOUR_MS, NOW } from "../support/builders.ts";
import { openUpdate } from "../support/fake-update.ts";

describe("a key that is refused", () => {
  const refusing = (validAtMs: number, judged: Settings["judged"] = "always") => ({
    accepts: (_data: AuthData, at: number) => at >= NOW + validAtMs,
    judged,
  });

  it("is rejected at once if it is old", async () => {
    const { update, held, clock } = openUpdate({ behaviour: refusing(HOUR_MS) });
    expect(await update()).toMatchObject({
      outcome: "failed",
      errorClass: "rejected",
      phase: "INVALID_AUTH",
    });
    expect(clock.now() - NOW).toBeLessThan(1_000);
    expect(held.puts).toHaveLength(1);
  });

  it.each([
    { ageMs: 599_000, puts: 2 },
    { ageMs: 600_000, puts: 1 },
  ])("counts as young for ten minutes (age $ageMs ms: $puts PUTs)", async ({ ageMs, puts }) => {
    const { update, held } = openUpdate({
      behaviour: refusing(HOUR_MS),
      version: { createdAt: NOW - ageMs },
    });
    expect(await update()).toMatchObject({ errorClass: "rejected" });
    expect(held.puts).toHaveLength(puts);
  });

  it("is polled further if it is young, and needs no second PUT if it soon becomes valid", async () => {
    const { update, held } = openUpdate({ behaviour: refusing(30_000), version: { createdAt: NOW } });
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(held.puts).toHaveLength(1);
  });

  it("is put once more halfway through the grace period", async () => {
    const { update, held } = openUpdate({
      behaviour: refusing(50_000, "on-put"),
      version: { createdAt: NOW },
    });
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(held.puts.map(({ at }) => at - NOW)).toEqual([0, expect.closeTo(60_000, -4)]);
  });

  it("is rejected when the grace period is over", async () => {
    const { update, held, clock } = openUpdate({ behaviour: refusing(HOUR_MS), version: { createdAt: NOW } });
    expect(await update()).toMatchObject({
      outcome: "failed",
      errorClass: "rejected",
      phase: "INVALID_AUTH",
    });
    expect(held.puts).toHaveLength(2);
    expect(clock.now() - NOW).toBeGreaterThanOrEqual(120_000);
    expect(clock.now() - NOW).toBeLessThan(135_000);
  });

  it("has no grace period if graceSeconds is 0", async () => {
    const { update, clock } = openUpdate({
      behaviour: refusing(HOUR_MS),
      version: { createdAt: NOW },
      settings: { graceMs: 0 },
    });
    expect(await update()).toMatchObject({ errorClass: "rejected" });
    expect(clock.now() - NOW).toBeLessThan(1_000);
  });
});
