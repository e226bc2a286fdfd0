import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";

const TWO = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "anthropic", type: "ANTHROPIC" },
];

describe("the terminal", () => {
  it("row 70: status calls a READY connection stale if it was updated before its key existed", async () => {
    const { run, aws } = await startOperator({ connections: TWO });
    expect(JSON.parse((await run(["status", "--json"])).out).counts).toMatchObject({ healthy: 2, stale: 0 });
    aws.putSecret("openai", "sk-newer", { createdAt: Date.now() + 60_000 });
    const { code, out } = await run(["status", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      outcome: "failed",
      counts: { healthy: 1, stale: 1 },
      connections: [
        { name: "a", phase: "READY", state: "stale" },
        { name: "b", phase: "READY", state: "healthy" },
      ],
    });
    expect(code).toBe(1);
  });

  it.each(["check", "status"])("row 71: %s names a connection that is not listed", async (command) => {
    const { run, confluent } = await startOperator({ connections: TWO });
    expect((await run([command])).out).not.toContain("does not list");
    confluent.addConnection("env-1", { name: "c", type: "OPENAI", endpoint: "https://c.example", data: {} });
    const { code, out } = await run([command]);
    expect(out).toContain("1 connection exists in prod and connections.json does not list it: c.");
    expect(code).toBe(0);
  });
});
