import { describe, expect, it } from "vitest";
import { Telemetry } from "../../src/adapters/telemetry.ts";
import type { Connection } from "../../src/rotation/connection.ts";
import { ConfigError } from "../../src/rotation/errors.ts";
import type { Outcome, OutcomeKind } from "../../src/rotation/outcome.ts";
import { NO_EVIDENCE } from "../../src/rotation/outcome.ts";
import type { Trigger } from "../../src/rotation/plan.ts";
import { Redactor } from "../../src/rotation/redact.ts";
import { createReport } from "../../src/rotation/report/report.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { VERSION } from "../../src/version.ts";
import { everythingOf } from "../support/leaks.ts";
import { captureOutput, type Line } from "../support/output.ts";

const NOW = Date.parse("2026-03-21T10:00:00Z");
const VALUE = "sk-secret-value-0123456789";
const KINDS = ["ready", "failed", "unverified", "rolled-back", "not-attempted", "skipped"] as const;

function telemetry(): Telemetry {
  const redactor = new Redactor();
  redactor.add(new Secret(VALUE));
  return new Telemetry(
    (text, limit) => redactor.redact(text, limit),
    () => NOW,
  );
}

function outcome(changes: Partial<Outcome> = {}): Outcome {
  const base = { name: "a", environment: "prod", type: "OPENAI", secret: "openai", durationMs: 1_200 };
  return { ...base, outcome: "ready", evidence: NO_EVIDENCE, ...changes };
}

function connection({ name, environment }: Outcome): Connection {
  const credentials = { kind: "options", values: {} } as const;
  return { name, environment, type: "OPENAI", secret: "openai", credentials, canary: false, provider: true };
}

function reportOf(...connections: readonly Outcome[]) {
  const facts = { trigger: { kind: "schedule" }, startedAt: NOW, endedAt: NOW + 5_000, requests: 7 } as const;
  return createReport(connections, facts);
}

const logged = (lines: readonly Line[]) => lines.filter((line) => "code" in line);
const published = (lines: readonly Line[]) => lines.filter((line) => "_aws" in line);

describe("the log", () => {
  const EVENTS: readonly [string, string, (on: Telemetry) => unknown, Line][] = [
    [
      "RUN_STARTED",
      "INFO",
      (on) => on.started({ kind: "schedule" }),
      { version: VERSION, trigger: { kind: "schedule" } },
    ],
    [
      "RUN_IGNORED",
      "INFO",
      (on) => on.ignored({ kind: "ignored", reason: "r", secret: "s" }),
      { trigger: { kind: "ignored", reason: "r", secret: "s" } },
    ],
    ["NOTE", "INFO", (on) => on.note("n", { secret: "s" }), { note: "n", secret: "s" }],
    ["NOTE", "INFO", (on) => on.note("n"), { note: "n" }],
    ["ALERT_SENT", "INFO", (on) => on.alertSent("[FAILED] x"), { subject: "[FAILED] x" }],
    ["RUN_FAILED", "ERROR", (on) => on.failed("1 of 2 failed"), { reason: "1 of 2 failed" }],
    [
      "ALERT_FAILED",
      "ERROR",
      (on) => on.alertFailed(new TypeError(`denied\n${VALUE}`), "the alert's text"),
      { reason: "TypeError: denied [redacted]", alert: "the alert's text" },
    ],
    [
      "ALERT_FAILED",
      "ERROR",
      (on) => on.alertFailed("odd", "text"),
      { reason: "unknown error", alert: "text" },
    ],
    [
      "ALERT_FAILED",
      "ERROR",
      (on) => on.alertFailed(Object.assign(new Error("connect"), { code: "ECONNREFUSED" }), "text"),
      {
        reason:
          "SNS could not be reached (ECONNREFUSED): it accepts no connection. Check the address and port of SNS, and the firewalls on the way to it; then try again.",
      },
    ],
    ["BUG", "ERROR", (on) => on.bug(new TypeError(VALUE)), { error: "TypeError", reason: "[redacted]" }],
    ["BUG", "ERROR", (on) => on.bug(VALUE), { error: "string" }],
    [
      "NOT_STARTED",
      "ERROR",
      (on) => on.startFailed(new Error(`x ${VALUE}`)),
      { error: "Error", reason: "x [redacted]" },
    ],
    [
      "NOT_STARTED",
      "ERROR",
      (on) => on.startFailed(new ConfigError("connections.json", [VALUE])),
      { error: "ConfigError", reason: expect.stringContaining(VALUE) },
    ],
    ["NOT_STARTED", "ERROR", (on) => on.startFailed(VALUE), { error: "string" }],
  ];

  it.each(EVENTS)("has the event %s at level %s", (code, level, act, facts) => {
    const lines = captureOutput();
    act(telemetry());
    expect(lines()).toHaveLength(1);
    expect(lines()[0]).toMatchObject({ code, level, service: "flink-connection-rotator", ...facts });
    expect(lines()[0]).toHaveProperty("message", expect.stringMatching(/\.$/));
  });

  it.each([
    ["ready", undefined, "INFO"],
    ["ready", "Lookup failed", "WARN"],
    ["failed", undefined, "WARN"],
    ["planned", undefined, "INFO"],
  ] as const)("has a %s connection (detail %s) at level %s", (kind, detail, level) => {
    const lines = captureOutput();
    const seen = outcome({ outcome: kind, ...(detail !== undefined && { detail }) });
    const on = telemetry();
    on.progress({ step: "put", connection: connection(seen) });
    on.progress({ step: "done", connection: connection(seen), outcome: seen });
    expect(logged(lines())).toMatchObject([{ code: "CONNECTION", level, connection: seen }]);
    on.ended(reportOf(seen), new Map());
    expect(logged(lines()).map(({ code }) => code)).toEqual(["CONNECTION", "RUN_ENDED"]);
  });

  it("ends with the counts of the run", () => {
    const lines = captureOutput();
    telemetry().ended(
      reportOf(outcome(), outcome({ name: "b", outcome: "failed" })),
      new Map([["prod", { requests: 5, throttled: 3 }]]),
    );
    expect(logged(lines()).at(-1)).toMatchObject({
      code: "RUN_ENDED",
      outcome: "failed",
      counts: { ready: 1, failed: 1 },
      durationMs: 5_000,
      requests: 7,
      throttled: 3,
    });
  });

  it("has the redacted stack of an unexpected error, cut to 4,000 characters", () => {
    const lines = captureOutput();
    const error = new Error("long");
    error.stack = `Error: ${VALUE}\n${"    at somewhere\n".repeat(1_000)}`;
    telemetry().bug(error);
    const { stack } = lines()[0] ?? {};
    expect(stack).toMatch(/^Error: \[redacted\]\n {4}at somewhere/);
    expect(stack).toHaveLength(4_000);
  });

  it("names at most a hundred connections and secrets of a direct call", () => {
    const lines = captureOutput();
    const names = Array.from({ length: 102 }, (_, index) => `n${index}`);
    telemetry().started({ kind: "direct", connections: names, secrets: names.slice(0, 100) });
    const shortened = [...names.slice(0, 100), "and 2 more"];
    expect(lines()[0]).toMatchObject({ trigger: { connections: shortened, secrets: names.slice(0, 100) } });
    telemetry().started({ kind: "direct", dryRun: true });
    expect(lines()[1]?.["trigger"]).toEqual({ kind: "direct", dryRun: true });
  });

  it("redacts an unexpected error that leaves the process and passes other errors on unchanged", () => {
    captureOutput();
    const odd = Object.assign(new TypeError(`odd ${VALUE}`, { cause: VALUE }), { body: VALUE });
    const left = telemetry().startFailed(odd);
    expect(left).toMatchObject({ name: "TypeError", message: "odd [redacted]" });
    expect(everythingOf(left)).not.toContain(VALUE);
    const own = new ConfigError("connections.json", ["x"]);
    expect(telemetry().startFailed(own)).toBe(own);
    expect(telemetry().startFailed(VALUE)).toMatchObject({ name: "Error", message: "Unexpected error." });
  });

  it("has an error that has no stack", () => {
    const lines = captureOutput();
    const error = new Error("bare");
    delete error.stack;
    telemetry().bug(error);
    expect(lines()[0]).toMatchObject({ code: "BUG", reason: "bare" });
  });

  it.each([
    ["INFO", ["NOTE", "ALERT_FAILED"]],
    ["ERROR", ["ALERT_FAILED"]],
    ["SILENT", []],
  ])("follows POWERTOOLS_LOG_LEVEL %s", (level, codes) => {
    const lines = captureOutput(level);
    const on = telemetry();
    on.note("n");
    on.alertFailed(new Error("x"), "text");
    expect(lines().map(({ code }) => code)).toEqual(codes);
  });
});

describe("the metrics of a run", () => {
  function metricsOf(line: Line | undefined): Line {
    const { _aws, service, environment, ...values } = line ?? {};
    return values;
  }

  it("use the embedded metric format and their own namespace", () => {
    const lines = captureOutput();
    telemetry().ended(reportOf(), new Map());
    expect(published(lines())).toMatchObject([
      {
        service: "flink-connection-rotator",
        _aws: { CloudWatchMetrics: [{ Namespace: "FlinkConnectionRotator", Dimensions: [["service"]] }] },
      },
    ]);
    expect(metricsOf(published(lines())[0])).toEqual({
      Runs: 1,
      Requests: 7,
      Throttled: 0,
      ConnectionsReady: 0,
      ConnectionsApplied: 0,
      ConnectionsFailed: 0,
      ConnectionsUnverified: 0,
      ConnectionsRolledBack: 0,
      ConnectionsNotAttempted: 0,
      ConnectionsSkipped: 0,
    });
  });

  it("count every outcome for the run and for each environment", () => {
    const lines = captureOutput();
    const connections = KINDS.map((kind, index) => outcome({ name: `${index}`, outcome: kind }));
    telemetry().ended(
      reportOf(...connections, outcome({ environment: "test", durationMs: 9 })),
      new Map([["prod", { requests: 5, throttled: 2 }]]),
    );
    const [run, prod, test] = published(lines());
    expect(run).toMatchObject({
      ConnectionsReady: 2,
      ConnectionsSkipped: 1,
      TimeToReady: [1_200, 9],
      Throttled: 2,
    });
    expect(prod).toMatchObject({
      environment: "prod",
      Requests: 5,
      Throttled: 2,
      _aws: { CloudWatchMetrics: [{ Dimensions: [["service", "environment"]] }] },
      ConnectionsReady: 1,
      ConnectionsFailed: 1,
      ConnectionsUnverified: 1,
      ConnectionsRolledBack: 1,
      ConnectionsNotAttempted: 1,
      ConnectionsSkipped: 1,
      TimeToReady: 1_200,
    });
    expect(test).toMatchObject({ environment: "test", ConnectionsReady: 1, TimeToReady: 9 });
    expect(published(lines())).toHaveLength(3);
    expect(prod).not.toHaveProperty("Runs");
  });

  it.each([99, 100, 101, 250])("keep their dimensions for %i connections", (size) => {
    const lines = captureOutput();
    const connections = Array.from({ length: size }, (_, index) => outcome({ name: `${index}` }));
    telemetry().ended(reportOf(...connections), new Map());
    const values = published(lines()).map(({ environment, TimeToReady = [] }) => ({
      environment,
      count: [TimeToReady].flat().length,
    }));
    const sumOf = (name: string | undefined) =>
      values.filter(({ environment }) => environment === name).reduce((sum, { count }) => sum + count, 0);
    expect([sumOf(undefined), sumOf("prod")]).toEqual([size, size]);
    expect(values.every(({ count }) => count <= 100)).toBe(true);
    expect(published(lines()).filter(({ ConnectionsReady }) => ConnectionsReady === size)).toHaveLength(2);
  });
});

describe("the metric PropagationTime", () => {
  const CHANGE: Trigger = { kind: "secret-change", secret: "openai" };

  function propagation(kind: OutcomeKind, secretCreatedAt: number | undefined, trigger = CHANGE): unknown {
    const lines = captureOutput();
    const on = telemetry();
    on.started(trigger);
    const done = outcome({ outcome: kind });
    const progress = { step: "done", connection: connection(done), outcome: done } as const;
    on.progress({ step: "put", connection: connection(done) });
    on.progress({ ...progress, ...(secretCreatedAt !== undefined && { secretCreatedAt }) });
    on.ended(reportOf(done), new Map());
    return published(lines())[1]?.["PropagationTime"];
  }

  it.each([
    ["ready", NOW - 90_000, 90_000],
    ["ready", NOW + 60_000, 0],
    ["ready", undefined, undefined],
    ["failed", NOW - 90_000, undefined],
  ] as const)("of a %s connection with a version from %s is %s ms", (kind, secretCreatedAt, expected) => {
    expect(propagation(kind, secretCreatedAt)).toBe(expected);
  });

  it("is published only for runs started by a secret change", () => {
    expect(propagation("ready", NOW - 90_000, { kind: "schedule" })).toBeUndefined();
  });
});
