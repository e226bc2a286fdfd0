import { describe, expect, it } from "vitest";
import { alerts, HOUR_MS, insert, RESTART, rotate, startStatements } from "../support/statement-world.ts";

describe("statements that still run with the previous key", () => {
  it("row 58: are named in the report (two of fifty) without an alert", async () => {
    const world = await startStatements();
    const { outcome, statements } = await rotate(world);
    expect(outcome).toBe("succeeded");
    expect(statements).toEqual([
      { environment: "prod", name: RESTART, phase: "RUNNING", connections: ["openai"], action: "reported" },
      { environment: "prod", name: "audit", phase: "RUNNING", connections: ["openai"], action: "reported" },
    ]);
    expect(world.aws.published()).toEqual([]);
    expect(world.confluent.requests.filter(({ path }) => path.includes("/statements"))).toHaveLength(1);
  });

  it("row 58: are named in an alert sent for another reason", async () => {
    const world = await startStatements();
    world.confluent.configure("openai", { accepts: ["another-key", `first-key-of-openai`, "old-key"] });
    await rotate(world).catch(() => undefined);
    expect(alerts(world)).toContain(
      `At least these still run with the previous key: prod/${RESTART}, prod/audit.`,
    );
  });

  it("row 58: are not named again by a run that sends the same key", async () => {
    const world = await startStatements();
    await rotate(world);
    await world.clock.sleep(HOUR_MS);
    world.confluent.addStatement({ name: "newer", sql: insert("openai") });
    const { statements = [] } = await world.invoke({ trigger: "schedule" });
    expect(statements.map(({ name }) => name)).not.toContain("newer");
  });

  it.each([403, 500])(
    "row 58: do not make the run fail if their list is answered with %d",
    async (status) => {
      const world = await startStatements();
      const fault = { kind: "status", status } as const;
      world.confluent.fail({ method: "GET", collection: "statements", times: 1_000, fault });
      const report = await rotate(world);
      expect(report.outcome).toBe("succeeded");
      expect(report).not.toHaveProperty("statements");
      expect(world.aws.published()).toEqual([]);
    },
  );
});
