import { describe, expect, it } from "vitest";
import type { NewStatement } from "../../src/rotation/statements/api.ts";
import { serve } from "../support/server.ts";
import { shown } from "../support/untrusted.ts";
import { clientOf, failureOf, startBench } from "./client.ts";

const VERIFY: NewStatement = {
  name: "rotator-verify-1",
  sql: "SELECT ML_PREDICT('a', 'ping')",
  catalog: "prod",
  database: "main",
  computePool: "lfcp-1",
  principal: "sa-1",
};

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
