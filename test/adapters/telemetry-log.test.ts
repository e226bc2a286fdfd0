import { describe, expect, it } from "vitest";
import type { Telemetry } from "../../src/adapters/telemetry.ts";
import { ConfigError } from "../../src/rotation/errors.ts";
import { VERSION } from "../../src/version.ts";
import { everythingOf } from "../support/leaks.ts";
import { captureOutput, type Line } from "../support/output.ts";
import { connection, outcome, reportOf, telemetry, VALUE } from "./telemetry.ts";

const logged = (lines: readonly Line[]) => lines.filter((line) => "code" in line);

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
