import { describe, expect, it } from "vitest";
import type { NewStatement } from "../../src/rotation/statements/api.ts";
import { serve } from "../support/server.ts";
import { shown } from "../support/untrusted.ts";
import { type Bench, clientOf, failureOf, startBench } from "./client.ts";

const VERIFY: NewStatement = {
  name: "rotator-verify-1",
  sql: "SELECT ML_PREDICT('a', 'ping')",
  catalog: "prod",
  database: "main",
  computePool: "lfcp-1",
  principal: "sa-1",
};
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

describe("a verification statement", () => {
  it("is created hidden with a snapshot of its tables and completes if the provider accepts the key", async () => {
    const { api, sandbox } = await startBench();
    await api.statements.create(VERIFY);
    expect(sandbox.statement(VERIFY.name)).toMatchObject({
      ...{ sql: VERIFY.sql, computePool: "lfcp-1", principal: "sa-1" },
      labels: { "user.confluent.io/hidden": "true" },
      properties: {
        "sql.current-catalog": "prod",
        "sql.current-database": "main",
        "sql.snapshot.mode": "now",
      },
    });
    expect(await api.statements.get(VERIFY.name)).toMatchObject({ phase: "COMPLETED", isKeyRefused: false });
  });

  it.each([
    ["ModelRuntime received bad response code 403. Please check the connection.", true],
    ["Runtime received bad response code 401", true],
    ["Secrets on CONNECTION have expired or are invalid", true],
    ["The security token included in the request is expired", true],
    ["ModelRuntime received bad response code 404", false],
    ["MCP error -32602: unknown tool", false],
    ["Table 'orders' was not found", false],
  ])("that fails with %j counts as a refused key: %s", async (failure, isKeyRefused) => {
    const { api, sandbox } = await startBench();
    sandbox.configureStatements({ failure });
    await api.statements.create(VERIFY);
    const state = await api.statements.get(VERIFY.name);
    expect(shown(state)).toMatchObject({ phase: "FAILED", detail: failure, isKeyRefused });
    expect(state?.connections).toBeUndefined();
  });

  it("that was created before the TCP connection broke is found by its name", async () => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ method: "POST", collection: "statements", fault: { kind: "reset", applied: true } });
    expect(await failureOf(api.statements.create(VERIFY))).toMatchObject({ name: "UnknownResultError" });
    expect(await api.statements.get(VERIFY.name)).toMatchObject({ phase: "COMPLETED" });
  });

  it("is created only once", async () => {
    const { api } = await startBench();
    await api.statements.create(VERIFY);
    expect(await failureOf(api.statements.create(VERIFY))).toMatchObject({ name: "ConflictError" });
  });

  it("is deleted once, even if a DELETE fails", async () => {
    const { api, sandbox } = await startBench();
    await api.statements.create(VERIFY);
    sandbox.fail({
      method: "DELETE",
      collection: "statements",
      times: 2,
      fault: { kind: "status", status: 503 },
    });
    await api.statements.delete(VERIFY.name);
    expect(sandbox.statementNames()).toEqual([]);
    await api.statements.delete(VERIFY.name);
    expect(await api.statements.get(VERIFY.name)).toBeUndefined();
  });

  it("needs a role, which the error names", async () => {
    const { api, sandbox } = await startBench();
    sandbox.configureStatements({ forbidden: true });
    expect(await failureOf(api.statements.create(VERIFY))).toMatchObject({
      name: "UnauthorizedError",
      response: { httpStatus: 403, nextStep: expect.stringContaining("FlinkDeveloper") },
    });
  });
});

describe("a response about another statement", () => {
  const other = { name: "other", spec: { statement: "SELECT 1" }, status: { phase: "COMPLETED" } };

  async function startOther() {
    const methods: (string | undefined)[] = [];
    const restEndpoint = await serve(({ method }, response) => {
      methods.push(method);
      response.statusCode = method === "PATCH" ? 405 : 200;
      response.setHeader("content-type", "application/json").end(JSON.stringify(other));
    });
    return { ...clientOf({ restEndpoint }), methods };
  }

  it("is a service error", async () => {
    const { api } = await startOther();
    expect(await failureOf(api.statements.get(VERIFY.name))).toMatchObject({ errorClass: "service" });
  });

  it("is not sent back in a PUT", async () => {
    const { api, methods } = await startOther();
    expect(await failureOf(api.statements.setStopped("orders", true))).toMatchObject({
      errorClass: "service",
    });
    expect(methods).not.toContain("PUT");
  });
});

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
