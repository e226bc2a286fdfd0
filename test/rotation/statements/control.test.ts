import { describe, expect, it } from "vitest";
import { NAME, refused, restartStatement, showing } from "../../support/statement-restart.ts";

const requests = ({ asked }: Awaited<ReturnType<typeof restartStatement>>) =>
  asked.map(([request]) => request);

describe("a statement that is asked to stop", () => {
  it.each([
    ["two minutes", 600_000, 120],
    ["half of the time that is left", 100_000, 50],
  ])("is waited for up to %s and counts as not stopped after that", async (_, remainingMs, seconds) => {
    const restarted = await restartStatement({
      remainingMs,
      api: () => ({ setStopped: async () => undefined }),
    });
    expect(restarted.entry).toMatchObject({ action: "not-restarted", message: "Confluent did not stop it." });
    expect(restarted.left).toEqual([NAME]);
    expect(restarted.seconds).toBeGreaterThan(seconds - 1);
    expect(restarted.seconds).toBeLessThan(seconds + 10);
  });

  it("is restarted although it needs more than two minutes to stop", async () => {
    const restarted = await restartStatement({ settings: { stopMs: 150_000 } });
    expect(restarted.entry).toMatchObject({ phase: "RUNNING", action: "restarted" });
    expect(restarted.left).toEqual([NAME]);
    expect(restarted.seconds).toBeLessThan(180);
  });

  it("is resumed if it fails instead", async () => {
    const restarted = await restartStatement({
      api: showing("stop", ["STOPPING", "FAILED", "PENDING", "RUNNING"]),
    });
    expect(restarted.entry).toMatchObject({ phase: "RUNNING", action: "restarted" });
  });

  it("counts as not stopped if it completes instead", async () => {
    const restarted = await restartStatement({ api: showing("stop", ["STOPPING", "COMPLETED"]) });
    expect(restarted.entry).toMatchObject({ action: "not-restarted" });
    expect(restarted.seconds).toBeLessThan(10);
  });
});

describe("a statement that is asked to resume", () => {
  it.each(["RUNNING", "DEGRADED", "COMPLETED"])("runs again if it is %s", async (phase) => {
    const restarted = await restartStatement({ api: showing("resume", ["STOPPED", "PENDING", phase]) });
    expect(restarted.entry).toMatchObject({ phase, action: "restarted" });
    expect(requests(restarted)).toEqual(["stop", "resume"]);
  });

  it.each([
    ["STOPPED", false],
    ["FAILED", true],
  ])("is not judged by an outdated %s, which reads may show for some seconds", async (phase, hasFailed) => {
    const api = showing("resume", [...Array<string>(12).fill(phase), "RUNNING"]);
    const restarted = await restartStatement({ hasFailed, api });
    expect(restarted.entry).toMatchObject({ phase: "RUNNING", action: "restarted" });
    expect(requests(restarted).filter((request) => request === "resume")).toHaveLength(1);
  });

  it("is asked again soon if the request has had no effect", async () => {
    let isFirst = true;
    const restarted = await restartStatement({
      api: (real) => ({
        setStopped: async (name, stopped) => {
          if (stopped || !isFirst) return real.setStopped(name, stopped);
          isFirst = false;
        },
      }),
    });
    expect(restarted.entry).toMatchObject({ action: "restarted" });
    expect(requests(restarted)).toEqual(["stop", "resume", "resume"]);
    expect(restarted.seconds).toBeLessThan(25);
  });

  it("is asked again if it stops while it starts", async () => {
    const restarted = await restartStatement({ api: showing("resume", ["PENDING", "STOPPED", "RUNNING"]) });
    expect(restarted.entry).toMatchObject({ action: "restarted" });
    expect(requests(restarted)).toEqual(["stop", "resume", "resume"]);
  });

  it("is asked every two minutes while it is PENDING", async () => {
    const restarted = await restartStatement({ settings: { pendingMs: 1e9 }, remainingMs: 890_000 });
    expect(restarted.entry).toMatchObject({ action: "not-resumed", phase: "PENDING" });
    expect(requests(restarted)).toEqual(["stop", "resume", "resume", "resume"]);
  });

  it("is not asked again once it has failed with the new key", async () => {
    const restarted = await restartStatement({ settings: { failure: "Table not found" } });
    expect(restarted.entry).toMatchObject({ action: "not-resumed", phase: "FAILED" });
    expect(requests(restarted)).toEqual(["stop", "resume"]);
    expect(restarted.seconds).toBeLessThan(10);
  });

  it("counts as not running if it fails within seconds after its start", async () => {
    const api = showing("resume", ["PENDING", "RUNNING", "RUNNING", "FAILED"]);
    const restarted = await restartStatement({ api });
    expect(restarted.entry).toMatchObject({ action: "not-resumed", phase: "FAILED" });
  });

  it("is waited for although some reads fail", async () => {
    let reads = 0;
    const restarted = await restartStatement({
      api: (real) => ({
        get: (name) => {
          reads += 1;
          if (reads % 3 === 1) return refused();
          return reads % 3 === 2 ? Promise.resolve(undefined) : real.get(name);
        },
      }),
    });
    expect(restarted.entry).toMatchObject({ action: "restarted" });
  });

  it("counts as running only if that was read after the request", async () => {
    let isResumed = false;
    const restarted = await restartStatement({
      remainingMs: 100_000,
      api: (real) => ({
        setStopped: async (name, stopped) => {
          await real.setStopped(name, stopped);
          isResumed = !stopped;
        },
        get: (name) => (isResumed ? refused() : real.get(name)),
      }),
    });
    expect(restarted.entry).toMatchObject({ action: "not-resumed", phase: "STOPPED" });
    expect(restarted.left).toHaveLength(2);
  });
});
