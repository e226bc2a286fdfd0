import { describe, expect, it } from "vitest";
import { openRun } from "../support/fake-run.ts";

const THREE = [{ name: "a" }, { name: "b" }, { name: "c" }];

describe("an environment", () => {
  it("is reported as a wrong one if none of several connections exists in it, and nothing is put", async () => {
    const { run, confluent } = openRun({ connections: THREE });
    expect(await run()).toMatchObject(
      THREE.map(({ name }) => ({
        name,
        outcome: "failed",
        errorClass: "not-found",
        httpStatus: 404,
        message: "None of the 3 connections exists in environment prod.",
        nextStep: "Check organizationId, environmentId, cloud and region of prod in connections.json.",
      })),
    );
    expect(confluent.requests.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  it("is not reported as a wrong one if its only connection does not exist", async () => {
    const { run } = openRun();
    const [outcome] = await run();
    expect(outcome).toMatchObject({ outcome: "failed", errorClass: "not-found" });
    expect(outcome?.message).toBe("There is no connection a in environment prod.");
  });

  it("is not reported as a wrong one if one of several connections exists in it", async () => {
    const { run, add } = openRun({ connections: THREE });
    add("b");
    const [a, b, c] = await run();
    expect([a?.errorClass, b?.outcome, c?.errorClass]).toEqual(["not-found", "ready", "not-found"]);
    expect(a?.message).toBe("There is no connection a in environment prod.");
  });
});

describe("the state of a connection before the run", () => {
  it("shows that an answer after the PUT is outdated, so that it is ignored", async () => {
    let isPut = false;
    let staleReads = 0;
    const { run, add, clock, confluent } = openRun({
      api: ({ get, put }) => ({
        put: async (request) => {
          const response = await put(request);
          isPut = true;
          return response;
        },
        get: async (name) => {
          if (!isPut || staleReads === 3) return get(name);
          staleReads += 1;
          return before;
        },
      }),
    });
    add("a", { accepts: (data) => data["API_KEY"] === "old-key", timeToReadyMs: 1_000 });
    const before = confluent.connection("a").read(clock.now());
    await clock.sleep(60_000);
    confluent.connection("a").put({ API_KEY: "revoked" }, undefined, clock.now());
    await clock.sleep(60_000);
    expect(before.phase).toBe("READY");
    expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "rejected", phase: "INVALID_AUTH" }]);
    expect(staleReads).toBe(3);
  });

  it("gives the report the phase from before the run if the update fails", async () => {
    const { run, add } = openRun({
      confluent: { fault: ({ method }) => (method === "PUT" ? "refused" : undefined) },
    });
    add("a", { initially: "invalidAuth" });
    expect(await run()).toMatchObject([
      { outcome: "failed", phaseBefore: "INVALID_AUTH", holds: "previous" },
    ]);
  });
});
