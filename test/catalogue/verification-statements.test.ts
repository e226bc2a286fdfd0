import { describe, expect, it } from "vitest";
import type { StatementSettings } from "../../src/sandbox/confluent/statement.ts";
import { BAD_KEY, GOOD_KEY, judge } from "../support/verdicts.ts";
import { CREDULOUS, SILENT, startVerification, statementsOf } from "../support/verification-world.ts";

/** Ways of reporting in which no phase shows that a key is bad. */
const SERVICES = [SILENT, CREDULOUS] as const;

describe("a statement that uses the connection", () => {
  it.each(SERVICES)(
    "row 55: finds a bad key on the first connection of a $world service",
    async (settings) => {
      const world = await startVerification({ settings, key: BAD_KEY });
      const { counts, connections, holders, alerts } = await judge(world, BAD_KEY);
      expect(counts).toMatchObject({ failed: 1, "not-attempted": 3 });
      expect(connections.find(({ name }) => name === "openai-3")).toMatchObject({
        errorClass: "rejected",
        message:
          "The key is refused or not allowed: the statement smoke, which uses the connection, has failed.",
        detail: expect.stringContaining("bad response code 403"),
        evidence: { statement: "refused", provider: "not-asked" },
      });
      expect({ holders, alerts }).toEqual({ holders: 1, alerts: 1 });
      expect(statementsOf(world)).toEqual({ submitted: 1, left: [] });
    },
  );

  it.each(SERVICES)(
    "row 55: causes a rollback if that is configured, and proves the previous key, with a $world service",
    async (settings) => {
      const world = await startVerification({ settings, key: BAD_KEY, onRejected: "rollback" });
      const { counts, connections, holders } = await judge(world, BAD_KEY);
      expect(counts).toMatchObject({ "rolled-back": 1, "not-attempted": 3 });
      expect(connections.find(({ name }) => name === "openai-3")).toMatchObject({
        message: expect.stringContaining("The previous one was put back and a statement has used it."),
        evidence: { statement: "completed" },
      });
      expect(holders).toBe(0);
      expect(world.keysPut("openai-3")).toEqual([BAD_KEY, GOOD_KEY]);
      expect(statementsOf(world)).toEqual({ submitted: 2, left: [] });
    },
  );

  it.each(SERVICES)(
    "row 55: proves a good key before the other connections of a $world service receive it",
    async (settings) => {
      const world = await startVerification({ settings });
      const { connections, holders, alerts } = await judge(world, GOOD_KEY);
      expect(connections.find(({ name }) => name === "openai-3")).toMatchObject({
        outcome: "ready",
        message: "The statement smoke has used the connection with this key and completed.",
        evidence: { statement: "completed" },
      });
      expect({ holders, alerts }).toEqual({ holders: 4, alerts: 0 });
      const firstOther = world.confluent.requests.findIndex(
        ({ method, connection }) => method === "PUT" && connection !== "openai-3",
      );
      const deletion = world.confluent.requests.findIndex(({ method }) => method === "DELETE");
      expect(deletion).toBeLessThan(firstOther);
      expect(statementsOf(world)).toEqual({ submitted: 1, left: [] });
    },
  );

  it("row 55: is repeated while a young key is refused, until the grace period ends", async () => {
    const world = await startVerification({ key: "young-key", keyAgeMs: 0, onRejected: "rollback" });
    const { counts, holders, alerts } = await judge(world, "young-key");
    expect(counts).toMatchObject({ ready: 1, applied: 3 });
    expect({ holders, alerts }).toEqual({ holders: 4, alerts: 0 });
    const { submitted, left } = statementsOf(world);
    expect(submitted).toBeGreaterThan(1);
    expect(left).toEqual([]);
  });
});

describe("an inconclusive verification statement", () => {
  const REASONS: readonly [string, Partial<StatementSettings>, object][] = [
    [
      "fails for another reason",
      { failure: "Table 'orders' was not found" },
      { errorClass: "service", evidence: { statement: "failed" } },
    ],
    ["hangs", { pendingMs: 1e9 }, { errorClass: "timeout", evidence: { statement: "failed" } }],
    [
      "may not be run",
      { forbidden: true },
      { errorClass: "unauthorized", evidence: { statement: "not-run" } },
    ],
  ];

  describe.each(REASONS)("that %s", (_, statements, expected) => {
    const cases = SERVICES.flatMap((settings) => [GOOD_KEY, BAD_KEY].map((key) => ({ settings, key })));
    it.each(cases)(
      "row 56: leaves the connection of a $settings.world service unverified with a $key, and is deleted",
      async ({ settings, key }) => {
        const world = await startVerification({ settings, key, statements, onRejected: "rollback" });
        const { connections, alerts } = await judge(world, key);
        const verified = connections.find(({ name }) => name === "openai-3");
        expect(verified).toMatchObject({ outcome: "unverified", ...expected });
        expect(verified?.nextStep).toEqual(expect.any(String));
        expect(world.keysPut("openai-3")).toEqual([key]);
        expect(alerts).toBe(1);
        expect(statementsOf(world).left).toEqual([]);
      },
    );
  });

  it("row 56: is deleted before the function times out", async () => {
    const world = await startVerification({ statements: { pendingMs: 1e9 } });
    await judge(world, GOOD_KEY, 45_000);
    expect(statementsOf(world)).toEqual({ submitted: 1, left: [] });
  });

  it("row 56: is deleted even if the first attempts fail", async () => {
    const world = await startVerification();
    const fault = { kind: "status", status: 503 } as const;
    world.confluent.fail({ method: "DELETE", collection: "statements", times: 3, fault });
    expect(await judge(world, GOOD_KEY)).toMatchObject({ counts: { ready: 1, applied: 3 } });
    expect(statementsOf(world).left).toEqual([]);
  });

  it("row 56: does not delay the other connections if its DELETE gets no response", async () => {
    const world = await startVerification();
    world.confluent.fail({ method: "DELETE", collection: "statements", times: 100, fault: { kind: "hang" } });
    expect(await judge(world, GOOD_KEY, 45_000)).toMatchObject({
      counts: { ready: 1, applied: 3 },
      alerts: 0,
    });
  });

  it("row 56: is found again if the response to its submission is lost", async () => {
    const world = await startVerification();
    const fault = { kind: "reset", applied: true } as const;
    world.confluent.fail({ method: "POST", collection: "statements", fault });
    expect(await judge(world, GOOD_KEY)).toMatchObject({ counts: { ready: 1, applied: 3 } });
    expect(statementsOf(world)).toEqual({ submitted: 1, left: [] });
  });

  it("row 56: reveals neither its results nor its SQL", async () => {
    const world = await startVerification({ key: BAD_KEY });
    const report = await world.invoke({}).catch(() => undefined);
    expect(JSON.stringify([report, world.aws.published()])).not.toContain("LATERAL TABLE");
    const paths = world.confluent.requests.map(({ path }) => path);
    expect(paths.filter((path) => /results|exceptions/.test(path))).toEqual([]);
  });
});
