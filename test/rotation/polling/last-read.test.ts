import { describe, expect, it } from "vitest";
import { StateHistory } from "../../../src/rotation/polling/history.ts";
import { LastReadCheck } from "../../../src/rotation/polling/verdict.ts";
import { BEFORE, CHANGED, READY, REFUSED } from "../../support/readiness.ts";

describe("the last read", () => {
  function lastRead() {
    const history = new StateHistory();
    history.add({ ...BEFORE, ...READY });
    return new LastReadCheck(history);
  }

  it.each(["READY", "PENDING", ""])("leaves a READY as it is if the phase is %j", (phase) => {
    expect(lastRead().verdictOn({ ...BEFORE, ...CHANGED, phase }, 0)).toBe("ready");
  });

  it("takes a READY back if INVALID_AUTH is read twice, a second apart", () => {
    const check = lastRead();
    const refused = { ...BEFORE, ...REFUSED };
    expect(check.verdictOn(refused, 5_000)).toBeUndefined();
    expect(check.nextReadAt(5_100)).toBe(6_000);
    expect(check.verdictOn(refused, 5_999)).toBeUndefined();
    expect(check.verdictOn(refused, 6_000)).toBe("refused");
  });

  it("is due at once, however long other connections took", () => {
    expect(lastRead().nextReadAt(5_000)).toBe(5_000);
  });

  it("leaves a READY as it is only if two reads in a row show it after INVALID_AUTH", () => {
    const check = lastRead();
    const phases = [REFUSED, READY, REFUSED, READY, READY];
    expect(phases.map((state, index) => check.verdictOn({ ...BEFORE, ...state }, index * 100))).toEqual([
      ...Array(4).fill(undefined),
      "ready",
    ]);
  });

  it("ignores an outdated INVALID_AUTH", () => {
    expect(lastRead().verdictOn({ ...BEFORE, phase: "INVALID_AUTH" }, 0)).toBe("outdated");
  });

  it("ignores an INVALID_AUTH from before a state that it has read itself", () => {
    const check = lastRead();
    check.verdictOn({ ...BEFORE, resourceVersion: "v3", updatedAt: 3_000, phase: "READY" }, 0);
    expect(check.verdictOn({ ...BEFORE, ...REFUSED }, 100)).toBe("outdated");
  });

  it("knows if INVALID_AUTH was read, even once", () => {
    const check = lastRead();
    check.verdictOn({ ...BEFORE, ...READY }, 0);
    expect(check.wasRefused).toBe(false);
    check.verdictOn({ ...BEFORE, ...REFUSED }, 100);
    check.verdictOn({ ...BEFORE, ...READY }, 200);
    expect(check.wasRefused).toBe(true);
  });

  it("says nothing about how long the service takes to judge a key", () => {
    expect(lastRead().hasJudged).toBe(false);
  });
});
