import { describe, expect, it } from "vitest";
import { FORMS, leaksIn } from "../support/leaks.ts";
import { startOperator } from "../support/operator.ts";
import { API_KEY } from "../support/world.ts";

const TWO = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "anthropic", type: "ANTHROPIC" },
];

describe("the terminal", () => {
  it("row 70: status reports a READY connection as stale if it was updated before its key existed", async () => {
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

  it.each(Object.entries(FORMS))(
    "row 72: a trace of requests contains no secret that a response quotes in its headers (%s)",
    async (_form, write) => {
      const key = "sk-marker-7f3a9c1d2e4b8a60";
      const { run, aws, confluent } = await startOperator({ connections: TWO });
      aws.putSecret("openai", key, { createdAt: Date.now() - 3_600_000 });
      const quoted = write(key);
      const headers = {
        "x-request-id": quoted,
        "x-ratelimit-remaining": quoted,
        "retry-after": "0",
        "x-other": quoted,
        "set-cookie": quoted,
      };
      confluent.fail({ method: "PUT", fault: { kind: "status", status: 503, text: quoted, headers } });
      const location = `${confluent.url}/elsewhere/${encodeURIComponent(quoted)}?key=${encodeURIComponent(quoted)}`;
      confluent.fail({ method: "PUT", fault: { kind: "redirect", status: 307, location } });
      const { out, err } = await run(["rotate", "a", "--debug", "--verbose"]);
      expect(err).toMatch(/debug: PUT .* 503 in \d+ ms, x-request-id /);
      expect(err).toMatch(/debug: PUT .*\/elsewhere\//);
      const basic = Buffer.from(`${API_KEY.key}:${API_KEY.secret}`).toString("base64");
      expect(leaksIn(`${out}${err}`, [key, API_KEY.key, API_KEY.secret, basic])).toEqual([]);
    },
  );

  it.each([["check"], ["status"], ["rotate"], ["rotate", "--dry-run"]])(
    "row 49: %s with --debug shows no key that the first response quotes before any secret was read",
    async (...args) => {
      const keys = ["sk-old-marker-7f3a9c1d2e4b", "sk-new-marker-4b8a60c5d7e1"] as const;
      const { run, aws, confluent } = await startOperator({ connections: TWO });
      for (const key of keys) aws.putSecret("openai", key, { createdAt: Date.now() - 3_600_000 });
      const quoted = keys.flatMap((key) => [key, Buffer.from(key).toString("base64")]).join(" ");
      const headers = { "x-request-id": quoted, "retry-after": quoted, "x-ratelimit-remaining": quoted };
      const location = `${confluent.url}/elsewhere/${encodeURIComponent(quoted)}`;
      confluent.fail({ method: "LIST", fault: { kind: "redirect", status: 307, location } });
      confluent.fail({ times: 100, fault: { kind: "status", status: 403, text: quoted, headers } });
      const { code, out, err } = await run([...args, "--debug", "--verbose"]);
      expect(code).toBe(1);
      expect(leaksIn(`${out}${err}`, keys)).toEqual([]);
    },
  );

  it.each([["status"], ["check"], ["rotate", "--dry-run"]])(
    "row 73: a host that does not accept connections is named within ten seconds by %s",
    async (...args) => {
      const environment = { organizationId: "org-1", environmentId: "env-1", apiKeySecret: "confluent/key" };
      const prod = { ...environment, restEndpoint: "http://127.0.0.1:1" };
      const { run } = await startOperator({ connections: TWO, config: { environments: { prod } } });
      const startedAt = performance.now();
      const { code, out } = await run(args);
      expect(out).toContain("127.0.0.1:1 could not be reached (ECONNREFUSED)");
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      expect(code).toBe(1);
    },
  );
});
