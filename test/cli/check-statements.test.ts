import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";

const INSERT = "INSERT INTO enriched SELECT * FROM orders, LATERAL TABLE(ML_PREDICT('a', o))";
const CONFIG = { verification: { provider: false, statements: { smoke: { sql: "SELECT 1" } } } };

async function start(policy: object | undefined, verify?: string) {
  const operator = await startOperator({
    connections: [{ name: "a", secret: "openai", ...(verify !== undefined && { verify }) }],
    config: CONFIG,
    ...(policy && { environmentSettings: { statements: policy } }),
  });
  operator.confluent.addStatement({ name: "orders", sql: INSERT });
  operator.confluent.addStatement({ name: "adhoc", sql: "SELECT ML_PREDICT('a', o) FROM orders" });
  return operator;
}

describe("the check of statements", () => {
  it("sends no request if none are configured", async () => {
    const { run, confluent } = await start(undefined);
    expect((await run(["check"])).out).not.toContain("statements of");
    expect(confluent.requests.filter(({ path }) => path.includes("/statements"))).toEqual([]);
  });

  it("says that they can be listed and submits none", async () => {
    const { run, confluent } = await start(undefined, "smoke");
    const { out, code } = await run(["check"]);
    expect(out).toContain(
      "✓ statements of prod: 2 statements can be listed. The first update shows whether the verification statement may be run",
    );
    expect(code).toBe(0);
    expect(confluent.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it.each([
    ["1 if a connection is verified by a statement", { report: true }, "smoke", 1],
    ["1 if a statement is to be restarted", { restart: ["orders"] }, undefined, 1],
    ["0 if statements are only reported", { report: true }, undefined, 0],
  ])("without the role FlinkDeveloper ends with exit code %s", async (_, policy, verify, expected) => {
    const { run, confluent } = await start(policy, verify);
    confluent.configureStatements({ forbidden: true });
    const { out, code } = await run(["check"]);
    expect(out).toContain("may not work with statements (403)");
    expect(out.replace(/\s+/g, " ")).toContain("the role FlinkDeveloper");
    expect(code).toBe(expected);
  });

  it("names those that are configured for a restart but cannot be restarted", async () => {
    const { run } = await start({ restart: ["orders", "adhoc", "missing"] });
    const { code, out } = await run(["check"]);
    const text = out.replace(/\s+/g, " ");
    expect(text).toContain("adhoc will not be restarted: only INSERT INTO");
    expect(text).toContain("missing is configured for a restart, but Confluent does not list it.");
    expect(text).not.toContain("orders will not");
    expect(code).toBe(0);
  });
});
