import { describe, expect, it } from "vitest";
import { SupersededError } from "../../src/rotation/errors.ts";
import type { UpdateRequest } from "../../src/rotation/update.ts";
import { HOUR_MS, NOW } from "../support/builders.ts";
import { openUpdate } from "../support/fake-update.ts";

const YOUNG = { createdAt: NOW };
const REFUSING = { accepts: () => false };

describe("a young key that is refused", () => {
  it("is replaced within six seconds by a newer version of its secret", async () => {
    let now = () => NOW;
    const assertCurrent: UpdateRequest["assertCurrent"] = async () => {
      if (now() >= NOW + 21_000) throw new SupersededError();
    };
    const { result, clock, held } = openUpdate({
      behaviour: REFUSING,
      version: YOUNG,
      request: { assertCurrent },
    });
    now = clock.now;
    expect(await result()).toMatchObject({
      details: {
        outcome: "failed",
        errorClass: "superseded",
        secretVersionId: "version-1",
        evidence: { phase: "unsettled" },
      },
      mayHoldVersion: true,
    });
    expect(clock.now() - NOW).toBeLessThanOrEqual(27_000);
    expect(held.puts).toHaveLength(1);
  });

  it("is not put again if AWSCURRENT is read just before and is a newer version", async () => {
    let now = () => NOW;
    const assertCurrent: UpdateRequest["assertCurrent"] = async (maxAgeMs) => {
      if (maxAgeMs === 0 && now() > NOW + 10_000) throw new SupersededError();
    };
    const { update, clock, held } = openUpdate({
      behaviour: REFUSING,
      version: YOUNG,
      request: { assertCurrent },
    });
    now = clock.now;
    expect(await update()).toMatchObject({ outcome: "failed", errorClass: "superseded" });
    expect(held.puts).toHaveLength(1);
  });

  it("is still waited for if its second PUT fails", async () => {
    let puts = 0;
    const { update, held } = openUpdate({
      behaviour: { accepts: (_data, at) => at >= NOW + 90_000 },
      version: YOUNG,
      fault: ({ method }) => {
        if (method === "PUT") puts += 1;
        return method === "PUT" && puts > 1 ? "refused" : undefined;
      },
    });
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(held.puts).toHaveLength(1);
  });

  it("is given up a third of readyTimeoutSeconds after half of the grace period if nothing can be read", async () => {
    const { update, clock } = openUpdate({
      behaviour: REFUSING,
      version: YOUNG,
      settings: { graceMs: 200_000 },
      fault: ({ sentAt }) => (sentAt > NOW + 1_000 ? "service" : undefined),
    });
    expect(await update()).toMatchObject({ outcome: "unverified", errorClass: "service" });
    expect(clock.now() - NOW).toBeGreaterThanOrEqual(120_000);
    expect(clock.now() - NOW).toBeLessThan(122_000);
  });
});

describe("a young key that is not refused", () => {
  it("has no more time than any other key until its connection is READY", async () => {
    const { update, clock } = openUpdate({ behaviour: { timeToReadyMs: HOUR_MS }, version: YOUNG });
    expect(await update()).toMatchObject({ outcome: "failed", errorClass: "timeout" });
    expect(clock.now() - NOW).toBe(60_000);
  });
});
