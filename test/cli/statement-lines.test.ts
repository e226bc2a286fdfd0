import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";

const INSERT = "INSERT INTO enriched SELECT * FROM orders, LATERAL TABLE(ML_PREDICT('a', o))";

async function start() {
  const operator = await startOperator({
    connections: [{ name: "a", secret: "openai" }],
    config: { verification: { provider: false } },
    environmentSettings: { statements: { report: true, restart: ["orders", "adhoc"] } },
  });
  for (const [name, sql] of [
    ["orders", INSERT],
    ["audit", INSERT],
    ["adhoc", "SELECT ML_PREDICT('a', o) FROM orders"],
  ] as const)
    operator.confluent.addStatement({ name, sql });
  operator.aws.putSecret("openai", "sk-new-key-0123456789", { createdAt: Date.now() + 5_000 });
  return operator;
}

describe("rotate with statements", () => {
  it("says which were restarted and which still run with the previous key", async () => {
    const { run, confluent } = await start();
    const { code, out } = await run(["rotate", "a"]);
    expect(out).toContain("Statements that started with the previous key (possibly incomplete):");
    expect(out).toContain("prod/orders: restarted (uses a)");
    expect(out).toContain("prod/audit: still runs (uses a)");
    expect(out).toContain("prod/adhoc: not restarted (uses a)");
    expect(out).toContain("Only INSERT INTO, EXECUTE STATEMENT SET and CREATE TABLE AS continue");
    expect(confluent.statement("orders").phases).toContain("STOPPED");
    expect(code).toBe(0);
  });

  it("says in a dry run which would be restarted", async () => {
    const { run, confluent } = await start();
    const { out } = await run(["rotate", "a", "--dry-run"]);
    expect(out).toContain("prod/orders: would be restarted (uses a)");
    expect(confluent.statement("orders").phases).toEqual(["PENDING", "RUNNING"]);
  });

  it("shows the command that resumes a statement that is still stopped, and ends with 1", async () => {
    const { run, confluent } = await start();
    confluent.configureStatements({ failure: "Table not found" });
    const { code, out } = await run(["rotate", "a"]);
    expect(out).toContain("prod/orders: STOPPED, AND NOT RUNNING AGAIN");
    expect(out).toContain("confluent flink statement resume --environment env-1 orders");
    expect(code).toBe(1);
  });
});
