import { describe, expect, it } from "vitest";
import type { OutcomeKind } from "../../src/rotation/outcome.ts";
import type { Trigger } from "../../src/rotation/plan.ts";
import { captureOutput, type Line } from "../support/output.ts";
import { connection, NOW, outcome, reportOf, telemetry } from "./telemetry.ts";

const KINDS = ["ready", "failed", "unverified", "rolled-back", "not-attempted", "skipped"] as const;
const published = (lines: readonly Line[]) => lines.filter((line) => "_aws" in line);

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
