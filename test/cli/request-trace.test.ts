import { get } from "node:http";
import { request } from "undici";
import { describe, expect, it } from "vitest";
import { traceRequests } from "../../src/cli/request-trace.ts";
import { Redactor } from "../../src/rotation/redact.ts";
import { startOperator } from "../support/operator.ts";

const ONE = { connections: [{ name: "a", secret: "openai" }] };

describe("--debug", () => {
  it("traces each request to standard error with status, duration, request id and rate limit", async () => {
    const { run, confluent } = await startOperator(ONE);
    const headers = { "x-request-id": "req-1", "x-ratelimit-remaining": "0" };
    confluent.fail({ method: "GET", fault: { kind: "status", status: 429, headers } });
    const { code, out, err } = await run(["rotate", "--debug", "--json"]);
    const lines = err.split("\n").filter((line) => line.startsWith("debug: "));
    const path = `${confluent.url}/sql/v1/organizations/org-1/environments/env-1/connections`;
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^debug: POST http:\/\/127\.0\.0\.1:\d+\/ GetSecretValue 200 in \d+ ms, x-amzn-requestid \S+/,
      ),
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^debug: GET .* 429 in \d+ ms, x-request-id req-1, x-ratelimit-remaining 0$/),
    );
    expect(lines.find((line) => line.includes(`PUT ${path}/a `))).toMatch(
      / 2\d\d in \d+ ms, x-request-id \S+/,
    );
    expect(JSON.parse(out)).toMatchObject({ outcome: "succeeded" });
    expect(code).toBe(0);
  });

  it("shows why a request failed", async () => {
    const { run, aws } = await startOperator(ONE);
    await aws.close();
    const { err } = await run(["status", "--debug"]);
    expect(err).toMatch(
      /debug: POST http:\/\/127\.0\.0\.1:\d+\/ GetSecretValue failed \(ECONNREFUSED\) in \d+ ms\n/,
    );
  });

  it("traces only if it is set, and only until the command ends", async () => {
    const { run } = await startOperator(ONE);
    expect((await run(["status", "--debug"])).err).toContain("debug: ");
    expect((await run(["status"])).err).toBe("");
  });

  it("is a global option", async () => {
    const { run } = await startOperator(ONE);
    expect((await run(["--debug", "status"])).err).toContain("debug: ");
  });
});

describe("a trace of requests", () => {
  it("omits the values of a query, which may be keys", async () => {
    const lines: string[] = [];
    const end = traceRequests({ redactor: new Redactor(), print: (line) => lines.push(line), now: () => 0 });
    const url = "http://127.0.0.1:1/v1/models?key=AIza-secret&alt=json";
    await new Promise((resolve) => get(url).on("error", resolve));
    await request(url).catch(() => undefined);
    end();
    const line = "GET http://127.0.0.1:1/v1/models?key=…&alt=… failed (ECONNREFUSED) in 0 ms";
    expect(lines).toEqual([line, line]);
  });
});
