import { describe, expect, it } from "vitest";
import { CONFLUENT_LIMITS, lowered } from "../../../src/adapters/rate-limit/limits.ts";
import { NOW } from "../../support/builders.ts";
import { MARGIN_MS, openGate } from "../../support/rate-limiter.ts";

const URGENT = { urgent: true };

const ONE_AT_ONCE = [{ count: 1, windowMs: 0, reserved: 0 }];

const second = (count: number, reserved = 0) => [{ count, windowMs: 1_000, reserved }];

describe("the way to one host", () => {
  it("passes answers and errors on", async () => {
    const { limiter, pass } = openGate();
    await expect(pass("a")).resolves.toBe("a");
    await expect(limiter.schedule(false, () => Promise.reject(new Error("broken")))).rejects.toThrow(
      "broken",
    );
  });

  it("sends by rank, and by arrival within a rank", async () => {
    const { pass, names } = openGate({ limits: ONE_AT_ONCE, answerMs: 10 });
    const ranked = (name: string, rank: number) => pass(name, { rank });
    await Promise.all([ranked("c", 9), ranked("b1", 2), ranked("a", 1), ranked("b2", 2)]);
    expect(names()).toEqual(["a", "b1", "b2", "c"]);
  });

  it("never has more requests under way than it may, and sends the next at once", async () => {
    const { passAll, timesOf } = openGate({
      limits: [{ count: 2, windowMs: 0, reserved: 0 }],
      answerMs: 100,
    });
    await passAll(5);
    expect(timesOf()).toEqual([0, 0, 100, 100, 200]);
  });

  it("frees the place of a request that failed", async () => {
    const { limiter, pass } = openGate({ limits: ONE_AT_ONCE });
    await expect(limiter.schedule(false, () => Promise.reject(new Error("reset")))).rejects.toThrow("reset");
    await expect(pass("next")).resolves.toBe("next");
  });

  it("keeps to each of its windows", async () => {
    const { passAll, timesOf } = openGate({
      limits: [...second(2), { count: 3, windowMs: 10_000, reserved: 0 }],
    });
    await passAll(4);
    expect(timesOf()).toEqual([0, 0, 1_000 + MARGIN_MS, 10_000 + MARGIN_MS]);
  });

  it("sends as many at once as a window allows after a quiet time", async () => {
    const { clock, passAll, timesOf } = openGate({ limits: second(3) });
    await passAll(1);
    await clock.sleep(5_000);
    await passAll(3);
    expect(timesOf()).toEqual([0, 5_000, 5_000, 5_000]);
  });
});

describe("a burst", () => {
  const OWN = [{ count: 10, windowMs: 1_000, reserved: 2 }];
  const full = 1_000 + MARGIN_MS;

  it("leaves a few that get room when it is over to the next, a second after it", async () => {
    const { clock, passAll, timesOf } = openGate({ limits: OWN });
    await passAll(3, URGENT);
    await clock.sleep(400);
    await passAll(9);
    // There is room for one from 1,003 on.
    expect(timesOf().slice(3)).toEqual([...Array(7).fill(400), 1_400, 400 + full]);
  });

  it("holds up neither many that get room later, nor the last", async () => {
    const { clock, passAll, timesOf } = openGate({ limits: OWN });
    await passAll(5, URGENT);
    await clock.sleep(400);
    await passAll(8);
    expect(timesOf().slice(5)).toEqual([...Array(5).fill(400), ...Array(3).fill(full)]);
  });

  it("takes in what gets room while it goes", async () => {
    const { clock, passAll, timesOf } = openGate({ limits: OWN });
    await passAll(3, URGENT);
    await clock.sleep(full - 200);
    await passAll(9);
    expect(timesOf().slice(3)).toEqual([...Array(7).fill(full - 200), full, 2 * full - 200]);
  });

  it.each([7, 9])("of %i holds up nobody who comes when there is room", async (count) => {
    const { clock, passAll, timesOf } = openGate({ limits: OWN });
    await passAll(count);
    await clock.sleep(500);
    await passAll(1);
    expect((timesOf().at(-1) ?? 0) - (timesOf().at(-2) ?? 0)).toBe(500);
  });

  it("holds up nobody after the second", async () => {
    const { pass, passAll, timesOf } = openGate({ limits: OWN });
    const slow = pass("slow", { takesMs: 500 });
    await Promise.all([slow, passAll(16)]);
    expect(timesOf()).toEqual([...Array(8).fill(0), ...Array(7).fill(full), full + 500, 2 * full]);
  });

  it("is none where a second is not limited", async () => {
    const { clock, pass, passAll, timesOf } = openGate({ limits: ONE_AT_ONCE, answerMs: 150 });
    await passAll(3);
    await clock.sleep(50);
    await pass("later");
    expect(timesOf()).toEqual([0, 150, 300, 500]);
  });
});

describe("a request's place in a window", () => {
  it("is kept until the window's length after its answer", async () => {
    const { passAll, timesOf } = openGate({ limits: second(2), answerMs: 300 });
    await passAll(3);
    expect(timesOf()).toEqual([0, 0, 1_300 + MARGIN_MS]);
  });

  it("is given up sooner by what the quickest answer took", async () => {
    const { limiter, passAll, timesOf } = openGate({ limits: second(2), answerMs: 300 });
    limiter.recordRoundTrip(200);
    limiter.recordRoundTrip(50);
    limiter.recordRoundTrip(100);
    await passAll(3);
    expect(timesOf()).toEqual([0, 0, 1_250 + MARGIN_MS]);
  });
});

describe("a clock that was set back", () => {
  it("keeps no place any longer", async () => {
    const { limiter, passAll, timesOf } = openGate({ limits: second(1) });
    limiter.recordRoundTrip(-3_600_000);
    await passAll(2);
    expect(timesOf()).toEqual([0, 1_000 + MARGIN_MS]);
  });
});

describe("urgent requests", () => {
  it("have places that are kept for them", async () => {
    const { pass, sent } = openGate({ limits: second(2, 1) });
    await Promise.all([pass("calm 1"), pass("calm 2"), pass("urgent", URGENT)]);
    expect(sent).toEqual([
      ["calm 1", 0],
      ["urgent", 0],
      ["calm 2", 1_000 + MARGIN_MS],
    ]);
  });

  it("get no more than these while others wait, two at a time", async () => {
    const atOnce = { count: 100, windowMs: 0, reserved: 50 };
    const { pass, passAll, timesOf } = openGate({ limits: [atOnce, ...second(12, 3)] });
    const calm = passAll(30);
    const looks = ["look 1", "look 2", "look 3", "look 4"].map((name) => pass(name, URGENT));
    await Promise.all([calm, ...looks]);
    expect(timesOf("look").map(Math.round)).toEqual([0, 0, 333, 1_000 + MARGIN_MS]);
    expect(timesOf().filter((at) => at < 1_000)).toHaveLength(12);
  });

  /** Sends so many calm ones of ten in a second, then two urgent ones, the second a moment after the first. */
  const afterCalm = async (calm: number) => {
    const limiter = openGate({ limits: second(10, 2) });
    await limiter.passAll(calm);
    const looks = [limiter.pass("look 1", URGENT)];
    await limiter.clock.sleep(10);
    looks.push(limiter.pass("look 2", URGENT));
    return { ...limiter, looks };
  };

  it("are spread over a second that others have filled, unless they came together", async () => {
    const { clock, pass, looks, timesOf } = await afterCalm(8);
    await clock.sleep(600);
    await Promise.all([...looks, pass("look 3", URGENT), pass("look 4", URGENT)]);
    expect(timesOf("look")).toEqual([0, 500, 1_000 + MARGIN_MS, 1_000 + MARGIN_MS]);
  });

  it("are the less apart, the more places others have left", async () => {
    const { looks, timesOf } = await afterCalm(5);
    await Promise.all(looks);
    expect(timesOf("look")).toEqual([0, 200]);
  });

  it("are not spread while less than half of a second is taken", async () => {
    const { looks, timesOf } = await afterCalm(3);
    await Promise.all(looks);
    expect(timesOf("look")).toEqual([0, 10]);
  });

  it("hold the places that are kept for them until they are answered", async () => {
    const { pass, passAll, timesOf } = openGate({ limits: second(10, 2), answerMs: 5_000 });
    const calm = passAll(30);
    const looks = ["look 1", "look 2", "look 3"].map((name) => pass(name, URGENT));
    await Promise.all([calm, ...looks]);
    expect(timesOf("look")).toEqual([0, 0, 6_000 + MARGIN_MS]);
  });

  it("find a place free for each second in which none gets free", async () => {
    const { clock, pass, passAll, sent } = openGate({
      limits: [{ count: 100, windowMs: 60_000, reserved: 40 }],
    });
    await Promise.all([pass("first"), passAll(50, URGENT)]);
    await clock.sleep(49_500);
    const before = sent.length;
    const calm = passAll(45);
    await clock.sleep(1);
    await Promise.all([calm, ...Array.from({ length: 20 }, () => pass("look", URGENT))]);
    const then = sent.slice(before).filter(([, at]) => at < 60_000);
    expect(then.filter(([name]) => name !== "look")).toHaveLength(39);
    expect(then.filter(([name]) => name === "look")).toHaveLength(10);
  });

  it("find no more free than are kept for them", async () => {
    const { passAll, timesOf } = openGate({ limits: [{ count: 100, windowMs: 60_000, reserved: 10 }] });
    await passAll(30, URGENT);
    await passAll(70);
    expect(timesOf().filter((at) => at === 0)).toHaveLength(90);
  });

  it("take turns with the others where there is one place for all", async () => {
    const { passAll, pass, timesOf } = openGate({ limits: second(1, 1) });
    const calm = passAll(4);
    const looks = ["look 1", "look 2"].map((name) => pass(name, URGENT));
    await Promise.all([calm, ...looks]);
    expect(timesOf("look")).toEqual([1_000 + MARGIN_MS, 3 * (1_000 + MARGIN_MS)]);
  });

  it("take any place while nobody else waits", async () => {
    const { passAll, timesOf } = openGate({ limits: second(10, 2) });
    await passAll(25, URGENT);
    const full = 1_000 + MARGIN_MS;
    expect(timesOf()).toEqual([...Array(10).fill(0), ...Array(10).fill(full), ...Array(5).fill(2 * full)]);
  });

  it("are not held up by others that are under way and not answered", async () => {
    const { pass, timesOf } = openGate({
      limits: [{ count: 3, windowMs: 0, reserved: 1 }],
      answerMs: 60_000,
    });
    await Promise.all([pass("calm 1"), pass("calm 2"), pass("calm 3"), pass("urgent", URGENT)]);
    expect(timesOf("urgent")).toEqual([0]);
    expect(timesOf("calm")).toEqual([0, 0, 60_000]);
  });
});

describe("the deadline of a gate", () => {
  it("refuses what comes after it", async () => {
    const { clock, pass, sent } = openGate({ leftMs: 1_000 });
    await clock.sleep(1_000);
    await expect(pass("late")).rejects.toMatchObject({ name: "OutOfTimeError", errorClass: "timeout" });
    expect(sent).toEqual([]);
  });

  it("refuses what still waits, urgent or not, at that moment", async () => {
    const { clock, pass, sent } = openGate({ leftMs: 4_000, answerMs: 60_000, limits: ONE_AT_ONCE });
    const all = [pass("first"), pass("calm"), pass("urgent", URGENT)];
    const refused = await Promise.allSettled(all.slice(1));
    const outOfTime = { reason: { name: "OutOfTimeError" } };
    expect(refused).toMatchObject([outOfTime, outOfTime]);
    expect(clock.now()).toBe(NOW + 4_000);
    expect(sent).toHaveLength(1);
  });

  it("lets in what comes a moment before it", async () => {
    const { clock, pass } = openGate({ leftMs: 1_000 });
    await clock.sleep(999);
    await expect(pass("just in time")).resolves.toBe("just in time");
  });
});

describe("Confluent's limits", () => {
  it("are a little less than the documented 50 a second, 1,000 a minute and 100 at once", () => {
    const documented = { 1000: 50, 60000: 1_000, 0: 100 };
    for (const [windowMs, limit] of Object.entries(documented)) {
      const { count = 0 } = CONFLUENT_LIMITS.find((window) => window.windowMs === Number(windowMs)) ?? {};
      expect(count).toBeGreaterThanOrEqual(0.9 * limit);
      expect(count).toBeLessThan(limit);
    }
  });

  it.each([
    [60, 50, 4],
    [50, 50, 4],
    [25, 25, 2],
    [5, 5, 1],
    [2, 2, 1],
    [1, 1, 1],
  ])("are lowered, where a host allows %i, to %i with %i for urgent ones", (allowed, count, reserved) => {
    expect(lowered({ count: 50, windowMs: 1_000, reserved: 4 }, allowed)).toEqual({
      count,
      windowMs: 1_000,
      reserved,
    });
  });
});
