import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { METRIC_NAMES } from "../../infra/metrics.ts";
import { Telemetry } from "../../src/adapters/telemetry.ts";
import { NO_EVIDENCE } from "../../src/rotation/outcome.ts";
import { createReport } from "../../src/rotation/report/report.ts";
import { CONNECTIONS, ofType, synthesize } from "./synthesis.ts";

const SERVICE = "team-blue";

const emf = z.object({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({ Namespace: z.string(), Metrics: z.array(z.object({ Name: z.string() })) }),
    ),
  }),
  service: z.string(),
  environment: z.string().optional(),
});

/** The metrics of a run with one connection in `prod`, as "namespace/metric/service/environment". */
function writtenMetrics(): Set<string> {
  process.env["POWERTOOLS_SERVICE_NAME"] = SERVICE;
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const outcome = { name: "a", environment: "prod", type: "OPENAI", secret: "s", durationMs: 1 } as const;
  const report = createReport([{ ...outcome, outcome: "ready", evidence: NO_EVIDENCE }], {
    trigger: { kind: "schedule" },
    startedAt: 0,
    endedAt: 1,
    requests: 1,
  });
  const telemetry = new Telemetry(String, () => 0);
  telemetry.arrived(report.trigger);
  telemetry.ended(report, new Map());
  telemetry.concluded(report);
  telemetry.alertedError();
  const lines = written.mock.calls.flatMap(([chunk]) => String(chunk).trim().split("\n"));
  written.mockRestore();
  return new Set(
    lines.map((line) => emf.safeParse(JSON.parse(line)).data).flatMap((each) => (each ? namesOf(each) : [])),
  );
}

function namesOf({ _aws, service, environment = "" }: z.output<typeof emf>): string[] {
  return _aws.CloudWatchMetrics.flatMap(({ Namespace, Metrics }) =>
    Metrics.map(({ Name }) => [Namespace, Name, service, environment].join("/")),
  );
}

const dimension = z.object({ Name: z.string(), Value: z.string() });
const metric = z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: z.array(dimension) });
const alarm = z.union([
  metric.transform((only) => [only]),
  z
    .object({ Metrics: z.array(z.object({ MetricStat: z.object({ Metric: metric }).optional() })) })
    .transform(({ Metrics }) => Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])),
]);

describe("the alarms", () => {
  it("evaluate metrics that the function publishes under the service's name", () => {
    const { resources } = synthesize(CONNECTIONS, { serviceName: SERVICE });
    const watched = ofType(resources, "AWS::CloudWatch::Alarm")
      .flatMap((properties) => alarm.parse(properties))
      .filter(({ Namespace }) => !Namespace.startsWith("AWS/"))
      .map(({ Namespace, MetricName, Dimensions }) =>
        [Namespace, MetricName, Dimensions.map(({ Value }) => Value).join(), ""].join("/"),
      );
    expect(watched).toHaveLength(3);
    expect([...writtenMetrics()]).toEqual(expect.arrayContaining(watched));
  });
});

describe("the page about events", () => {
  it.each(METRIC_NAMES)("explains the metric %s", (name) => {
    expect(readFileSync("docs/events.md", "utf8")).toContain(`\`${name}\``);
  });
});
