import { describe, expect, it, onTestFinished } from "vitest";
import { endProbe } from "../../../src/cli/probe/command.ts";
import { startDemoSandbox } from "../../../src/sandbox/demo/environment.ts";
import { runCli, startCli } from "../../support/child.ts";
import { leaksIn } from "../../support/leaks.ts";
import { startOperator } from "../../support/operator.ts";
import { fakeTerminal } from "../../support/terminal.ts";
import { API_KEY } from "../../support/world.ts";

const KEY = "sk-old-enough-to-be-judged";
const ALPHA = { name: "alpha", secret: "openai" };
const SHORT = ["--seconds", "0.3"];

function startProbed(options: Partial<Parameters<typeof startOperator>[0]> = {}) {
  return startOperator({ connections: [ALPHA], confluent: { accepts: [KEY] }, ...options });
}

describe("probe", () => {
  it("sends the current key again and shows its observations and the proposed settings", async () => {
    const { run, held } = await startProbed({ confluent: { world: "silent" } });
    const { code, out, err } = await run(["probe", "alpha", ...SHORT]);
    expect(out).toMatch(/current +before +no phase/);
    expect(out).toMatch(/current +PUT with metadata: 200, with the connection/);
    expect(out).toMatch(/current +\d+ ms +resource_version has changed/);
    expect(out).toContain("Proposed settings (behaviour: silent)");
    expect(out).toContain('verification.require: "auto" (as configured)');
    expect(err).toContain("prod/alpha: the current key was accepted");
    expect(held("alpha")["API_KEY"]).toBe(KEY);
    expect(code).toBe(0);
  });

  it("sends an invalid key once the connection's name is typed", async () => {
    const { env, held, confluent } = await startProbed();
    const { child, shows, ended } = startCli(["probe", "alpha", "--bad-key", ...SHORT], env);
    await shows(/Type its name to continue/);
    expect(confluent.requests).toEqual([]);
    child.stdin.end("prod/alpha\n");
    const { code, stdout } = await ended;
    expect(stdout).toMatch(/invalid +\d+ ms +INVALID_AUTH/);
    expect(stdout).toMatch(/restored +\d+ ms +READY/);
    expect([held("alpha")["API_KEY"], code]).toEqual([KEY, 0]);
  });

  it.each(["", "alph\n", "yes\n"])("sends nothing if %j is typed instead of the name", async (typed) => {
    const { env, confluent } = await startProbed();
    const { child, ended } = startCli(["probe", "alpha", "--bad-key"], env);
    child.stdin.end(typed);
    const { code, stderr } = await ended;
    expect(stderr).toContain("The name was not typed, so nothing was sent.");
    expect([confluent.requests, code]).toEqual([[], 2]);
  });

  it("writes only JSON with --json, without secrets and without the names of what it probed", async () => {
    const detail = `${KEY} ${API_KEY.secret} org-1 env-1 alpha`;
    const { run } = await startProbed({
      confluent: { accepts: [KEY], detail },
      config: {
        connections: [{ ...ALPHA, type: "OPENAI", endpoint: "https://api.example.com/v1", provider: false }],
      },
    });
    const args = ["probe", "alpha", "--bad-key", "--yes", "--json", ...SHORT];
    const { code, out, err } = await run(args);
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      outcome: "succeeded",
      interrupted: false,
      connection: { environment: "[masked]", name: "[masked]", type: "OPENAI" },
      restored: true,
      puts: [{ key: "current" }, { key: "invalid" }, { key: "restored" }],
    });
    expect(leaksIn(out + err, [KEY, API_KEY.key, API_KEY.secret])).toEqual([]);
    expect(out).not.toMatch(/alpha|org-1|env-1|confluent\/key|127\.0\.0\.1|api\.example\.com/);
    expect(code).toBe(0);
  });

  it("observes the refusal of the invalid key by the sandbox and shows no secret with --debug", async () => {
    const demo = await startDemoSandbox(() => undefined);
    onTestFinished(() => demo.close());
    const args = ["probe", "support-openai", "--bad-key", "--yes", "--seconds", "3", "--json", "--debug"];
    const { stdout, stderr } = await runCli(args, demo.env);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ world: "prompt", restored: true, providerAnswer: { verdict: "valid" } });
    expect(report.puts[1].phases).toMatchObject([{ phase: "PENDING" }, { phase: "INVALID_AUTH" }]);
    expect(stderr).toMatch(/debug: PUT .* 200 in/);
    const { aws, apiKeys } = demo;
    const { OPENAI_API_KEY } = JSON.parse(aws.secretString("prod/openai") ?? "{}");
    expect(leaksIn(stdout + stderr, [OPENAI_API_KEY, apiKeys.prod.split(":")[1] ?? ""])).toEqual([]);
  });

  it("shows the names in the JSON with --names", async () => {
    const { run } = await startProbed();
    const { out } = await run(["probe", "alpha", "--json", "--names", ...SHORT]);
    expect(JSON.parse(out).connection).toEqual({ environment: "prod", name: "alpha", type: "OPENAI" });
  });

  it.each([
    ["a type that is not the configured one", { type: "ANTHROPIC" }, "is of type OPENAI, not ANTHROPIC"],
    [
      "another endpoint",
      { endpoint: "https://other.example.com" },
      "not https://other.example.com as configured",
    ],
  ])("does not change a connection with %s", async (_what, entry, message) => {
    const { run, confluent } = await startProbed({
      config: { connections: [{ type: "OPENAI", ...ALPHA, ...entry }] },
    });
    const { code, err } = await run(["probe", "alpha", "--bad-key", "--yes", ...SHORT]);
    expect(err).toContain(message);
    expect(err).toContain("correct the one that is wrong. Nothing was written.");
    expect(confluent.connection("alpha").puts).toEqual([]);
    expect(code).toBe(1);
  });

  it("shows which form of the PUT the service accepted", async () => {
    const { run } = await startProbed({ confluent: { accepts: [KEY], refusesMetadata: 400 } });
    const { out } = await run(["probe", "alpha", ...SHORT]);
    expect(out).toMatch(/PUT with metadata: 400, with an error\n +current +PUT without metadata: 200/);
  });

  it("ends with 1 if the PUT is not accepted", async () => {
    const { run, confluent } = await startProbed();
    confluent.fail({ method: "PUT", times: 9, fault: { kind: "status", status: 400 } });
    const { code, out } = await run(["probe", "alpha", "--bad-key", "--yes", ...SHORT]);
    expect(out).toContain("Confluent refused the credentials when they were put. A fault was configured.");
    expect(code).toBe(1);
  });

  it.each([
    ["an invalid time", ["alpha", "--seconds", "soon"], "Give a number of seconds up to 900."],
    ["a name that is not listed", ["alpa"], 'Did you mean "alpha"?'],
    ["no name", [], "Missing required argument 'name'."],
  ])("ends with 2 for %s", async (_what, args, message) => {
    const { run } = await startProbed();
    const { code, err } = await run(["probe", ...args]);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  it("requires the environment of a name that is listed twice", async () => {
    const environment = { organizationId: "org-1", restEndpoint: "http://127.0.0.1:9", apiKeySecret: "k" };
    const environments = {
      prod: { ...environment, environmentId: "env-1" },
      staging: { ...environment, environmentId: "env-2" },
    };
    const connections = ["prod", "staging"].map((name) => ({ ...ALPHA, type: "OPENAI", environment: name }));
    const { run } = await startProbed({ config: { environments, connections } });
    const { code, err } = await run(["probe", "alpha"]);
    expect(err).toContain("Choose one of them: prod/alpha, staging/alpha.");
    expect(code).toBe(2);
  });

  it("sends no PUT if Ctrl-C is pressed during the first read", async () => {
    const { run, confluent } = await startProbed({ confluent: { hang: true } });
    const interrupted = { onInterrupt: (interrupt: () => void) => void setTimeout(interrupt, 100) };
    const { code, err } = await run(["probe", "alpha"], interrupted);
    expect(err).toContain("Stopped. Nothing was sent.");
    expect([confluent.connection("alpha").puts, code]).toEqual([[], 130]);
  });

  it("shows its observations until Ctrl-C", async () => {
    const { env } = await startProbed();
    const { child, shows, ended } = startCli(["probe", "alpha"], env);
    await shows(/READY after/);
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(stdout).toMatch(/current +\d+ ms +READY/);
    expect(code).toBe(130);
  });

  it("says what to do if the current key could not be restored, and ends with 1", () => {
    const err = fakeTerminal({ isTTY: false });
    const report = { outcome: "failed", interrupted: true, restored: false } as const;
    const connection = { environment: "prod", name: "alpha" };
    expect(endProbe(report, connection, { err: err.terminal })).toBe(1);
    expect(err.written()).toBe(
      "Error: The current key could not be restored in prod/alpha, which may hold an invalid one.\nRun this until it succeeds: flink-connection-rotator rotate prod/alpha\n",
    );
  });
});
