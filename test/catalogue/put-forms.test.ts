import { describe, expect, it } from "vitest";
import { captureOutput } from "../support/output.ts";
import { BAD_KEY, GOOD_KEY, judge, startVerdicts } from "../support/verdicts.ts";

describe("a PUT that the service does not accept as sent", () => {
  it.each([400, 409, 412] as const)(
    "row 40: %d because of metadata leads to PUTs without it for the rest of the run, with one note",
    async (refusesMetadata) => {
      const lines = captureOutput("INFO");
      const settings = { timeToReadyMs: 500, refusesMetadata };
      const world = await startVerdicts({ settings, key: GOOD_KEY, count: 5 });
      expect(await judge(world, GOOD_KEY)).toMatchObject({ counts: { ready: 5 }, holders: 5, alerts: 0 });
      const puts = world.confluent.requests.filter(({ method }) => method === "PUT");
      const refused = puts.filter(({ status }) => status === refusesMetadata);
      expect(new Set(refused.map(({ connection }) => connection))).toEqual(new Set(["openai-1"]));
      expect(puts.length - refused.length).toBe(5);
      const notes = lines().filter(({ note }) => `${note}`.includes("only without metadata"));
      expect(notes).toHaveLength(1);
    },
  );

  it("row 40: a bad key reaches one connection if the service refuses metadata", async () => {
    const settings = { world: "controller", verdictAfterMs: 2_000, refusesMetadata: 400 } as const;
    const world = await startVerdicts({ settings, key: BAD_KEY, count: 50 });
    expect(await judge(world, BAD_KEY)).toMatchObject({ holders: 1, counts: { "not-attempted": 49 } });
  });

  it.each(["credulous", "silent", "controller", "prompt"] as const)(
    "row 37: is not accepted by an HTML page with status 200, with a service that is %s",
    async (kind) => {
      const world = await startVerdicts({
        settings: { world: kind, htmlOnPut: true },
        key: GOOD_KEY,
        count: 50,
      });
      const { counts, holders, alerts } = await judge(world, GOOD_KEY);
      expect(counts).toMatchObject({ ready: 0, applied: 0 });
      expect([holders, alerts]).toEqual([0, 1]);
    },
  );

  it.each([
    ["errors", "credulous"],
    ["error_code", "silent"],
    ["error", "controller"],
  ] as const)(
    "row 47: is not accepted by an error (%s) with status 200, with a service that is %s",
    async (body, kind) => {
      const world = await startVerdicts({ settings: { world: kind }, key: GOOD_KEY });
      const fault = { kind: "status", status: 200, body, text: "Down for maintenance" } as const;
      world.confluent.fail({ method: "PUT", times: 1_000, fault });
      const { counts, holders, alerts, connections } = await judge(world, GOOD_KEY);
      expect(counts).toMatchObject({ ready: 0, applied: 0 });
      expect([holders, alerts]).toEqual([0, 1]);
      expect(connections[0]).toMatchObject({ errorClass: "service", detail: "Down for maintenance" });
    },
  );
});
