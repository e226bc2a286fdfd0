import { describe, expect, it } from "vitest";
import { type Bench, failureOf, startBench } from "./client.ts";

const INSERT = { name: "orders", sql: "INSERT INTO enriched SELECT * FROM orders, ML_PREDICT('a', o)" };

async function listAll({ api }: Pick<Bench, "api">): Promise<string[]> {
  const names: string[] = [];
  for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
    const page = await api.statements.list(token);
    names.push(...page.statements.map(({ name }) => name));
    token = page.nextToken;
  }
  return names;
}

describe("the list of statements", () => {
  it("contains each statement once and is read a hundred per page", async () => {
    const { api, sandbox } = await startBench();
    const names = Array.from({ length: 203 }, (_, index) => `s${index}`);
    for (const name of names) sandbox.addStatement({ ...INSERT, name });
    expect(await listAll({ api })).toEqual(names);
    expect(sandbox.requests.map(({ path }) => path.includes("page_size=100"))).toEqual([true, true, true]);
  });

  it.each([
    [INSERT.sql, true],
    ["-- enriches\n insert  into a select * from b", true],
    ["EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT * FROM b; END", true],
    ["CREATE TABLE a WITH ('x' = 'y') AS SELECT * FROM b", true],
    ["CREATE TABLE a (b INT)", false],
    ["SELECT * FROM orders /* insert into */", false],
  ])("shows whether %j can be resumed: %s", async (sql, isResumable) => {
    const { api, sandbox } = await startBench();
    sandbox.addStatement({ name: "orders", sql });
    const { statements } = await api.statements.list();
    expect(statements).toMatchObject([{ name: "orders", isResumable, phase: "RUNNING" }]);
    expect(JSON.stringify(statements)).not.toContain("orders /*");
  });

  it("names the connections that a statement references", async () => {
    const { api, sandbox } = await startBench();
    sandbox.addStatement(INSERT);
    expect((await api.statements.list()).statements).toMatchObject([{ connections: ["a"] }]);
    sandbox.configureStatements({ showsConnections: false });
    expect((await api.statements.list()).statements[0]).not.toHaveProperty("connections");
  });
});

describe("a running statement", () => {
  it("keeps the key it started with until it is stopped and resumed", async () => {
    const { api, sandbox, clock } = await startBench();
    sandbox.configureStatements({ stopMs: 1_000, pendingMs: 1_000 });
    sandbox.addStatement(INSERT);
    await clock.sleep(1_000);
    const phase = async () => (await api.statements.get("orders"))?.phase;
    await api.statements.setStopped("orders", true);
    expect(await phase()).toBe("STOPPING");
    await clock.sleep(1_000);
    expect(await phase()).toBe("STOPPED");
    await api.statements.setStopped("orders", false);
    expect(await phase()).toBe("PENDING");
    await clock.sleep(1_000);
    expect(await phase()).toBe("RUNNING");
  });

  it("is not changed by a request for its present state", async () => {
    const { api, sandbox } = await startBench();
    sandbox.addStatement(INSERT);
    await api.statements.setStopped("orders", false);
    expect(sandbox.statement("orders").phases).toEqual(["PENDING", "RUNNING"]);
    expect(sandbox.requests.map(({ method }) => method)).toEqual(["PATCH", "GET"]);
  });

  it("is stopped by a PUT if the service rejects PATCH", async () => {
    const { api, sandbox } = await startBench();
    sandbox.addStatement(INSERT);
    sandbox.fail({ method: "PATCH", collection: "statements", fault: { kind: "status", status: 400 } });
    await api.statements.setStopped("orders", true);
    expect(sandbox.statement("orders").phase).toBe("STOPPED");
  });

  it("that has failed is resumed by a PUT although it was never stopped", async () => {
    const { api, sandbox } = await startBench({ accepts: [] });
    sandbox.addStatement(INSERT);
    expect(await api.statements.get("orders")).toMatchObject({ phase: "FAILED", isKeyRefused: true });
    sandbox.configure("a", { accepts: () => true });
    await api.statements.setStopped("orders", false);
    expect(await api.statements.get("orders")).toMatchObject({ phase: "RUNNING" });
  });

  it("counts as possibly stopped if no response arrives", async () => {
    const { api, sandbox } = await startBench();
    sandbox.addStatement(INSERT);
    sandbox.fail({ method: "PATCH", collection: "statements", fault: { kind: "reset", applied: true } });
    expect(await failureOf(api.statements.setStopped("orders", true))).toMatchObject({
      name: "UnknownResultError",
    });
    expect(sandbox.statement("orders").phase).toBe("STOPPED");
  });
});
