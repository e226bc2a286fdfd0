import { describe, expect, it } from "vitest";
import * as z from "zod";
import { rulesOf } from "./routes.ts";
import { CONNECTIONS, ofType, type Synthesis, synthesize, warningsOf } from "./synthesis.ts";

const alarmsOf = ({ resources }: Synthesis) =>
  new Map(
    Object.entries(resources)
      .filter(([, { Type }]) => Type === "AWS::CloudWatch::Alarm")
      .map(([id, { Properties }]) => [/Rotator(\w+)Alarm/.exec(id)?.[1] ?? id, Properties]),
  );

const synthesis = synthesize();
const alarms = alarmsOf(synthesis);

describe("the alarms", () => {
  it("have the documented names", () => {
    expect([...alarms.keys()].sort()).toEqual([
      "DeadLetters",
      "EventAge",
      "FailedConnections",
      "FailedRuns",
      "FunctionErrors",
      "NoRun",
      "Throttles",
    ]);
  });

  it.each([...alarms])("%s has a description of whole sentences", (_, alarm) => {
    expect(String(alarm["AlarmDescription"])).toMatch(/^.{60,}\.$/);
    expect(String(alarm["AlarmDescription"]).length).toBeLessThanOrEqual(1024);
  });

  it("notify the topic, except FailedConnections, which the run's alert covers", () => {
    for (const [name, { AlarmActions, OKActions }] of alarms) {
      const isTold = name === "FailedConnections";
      expect(AlarmActions).toEqual(isTold ? undefined : [expect.stringContaining("AlertTopic")]);
      expect(OKActions).toBeUndefined();
    }
  });

  it("announce a recovery by a rule, so that a new alarm does not announce one", () => {
    const [recovery, ...others] = rulesOf(synthesis).filter(({ Targets }) =>
      Targets.some(({ Id }) => Id === "Recovery"),
    );
    expect(others).toEqual([]);
    expect(recovery).toMatchObject({
      EventPattern: {
        detail: {
          alarmName: ["FailedConnections", "NoRun", "DeadLetters"].map(
            (name) => `flink-connection-rotator-${name}`,
          ),
          previousState: { value: ["ALARM"] },
          state: { value: ["OK"] },
        },
      },
      Targets: [{ Arn: expect.stringContaining("AlertTopic") }],
    });
  });

  it("FailedConnections keeps its state between runs", () => {
    expect(alarms.get("FailedConnections")).toMatchObject({
      MetricName: "OpenFailures",
      Threshold: 1,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      TreatMissingData: "ignore",
    });
  });

  it.each([
    ["rate(1 day)", { Period: 3600, EvaluationPeriods: 48 }],
    ["rate(12 hours)", { Period: 300, EvaluationPeriods: 288 }],
    ["rate(30 minutes)", { Period: 300, EvaluationPeriods: 12 }],
    ["rate(84 hours)", { Period: 3600, EvaluationPeriods: 168 }],
    ["rate(6 days)", { Period: 3600, EvaluationPeriods: 168 }],
  ])("NoRun fires after twice the period of %s, or after seven days", (schedule, expected) => {
    expect(alarmsOf(synthesize(CONNECTIONS, { schedule })).get("NoRun")).toMatchObject({
      ...expected,
      MetricName: "ScheduledRuns",
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      TreatMissingData: "breaching",
    });
  });

  it("do not cover missing runs if the schedule is too rare for CloudWatch, which the synthesis says", () => {
    const weekly = synthesize(CONNECTIONS, { schedule: "rate(7 days)" });
    expect(alarmsOf(weekly).has("NoRun")).toBe(false);
    expect(warningsOf(weekly)).toContainEqual(expect.stringContaining("No alarm covers missing runs"));
    expect(warningsOf(synthesis).join()).not.toContain("missing run");
  });

  it.each([
    ["FailedRuns", "AWS/Lambda", "DestinationDeliveryFailures"],
    ["EventAge", "AWS/Lambda", "AsyncEventAge"],
    ["Throttles", "AWS/Lambda", "Throttles"],
    ["DeadLetters", "AWS/SQS", "ApproximateNumberOfMessagesVisible"],
  ])("%s evaluates %s %s", (name, Namespace, MetricName) => {
    expect(alarms.get(name)).toMatchObject({ Namespace, MetricName, TreatMissingData: "notBreaching" });
  });
});

describe("the alarm FunctionErrors", () => {
  const metricsOf = (each: Synthesis) =>
    z
      .array(z.looseObject({ Expression: z.string().optional() }))
      .parse(alarmsOf(each).get("FunctionErrors")?.["Metrics"]);

  it("subtracts errors about which an alert was sent", () => {
    expect(metricsOf(synthesis)).toContainEqual(
      expect.objectContaining({ Expression: "RUNNING_SUM(FILL(errors, 0) - FILL(alerted, 0))" }),
    );
    expect(JSON.stringify(metricsOf(synthesis))).toContain('"MetricName":"AlertedErrors"');
  });

  it("of a fleet counts executions, but not batches, which the orchestrator's alert reports", () => {
    const fleet = metricsOf(synthesize(CONNECTIONS, { fleetConcurrency: "2" }));
    const expression =
      "RUNNING_SUM(FILL(errors, 0) + FILL(executionsFailed, 0) + FILL(executionsTimedOut, 0) - FILL(alerted, 0) - FILL(batches, 0))";
    expect(fleet).toContainEqual(expect.objectContaining({ Expression: expression }));
    expect(JSON.stringify(fleet)).toMatch(/"Resource","Value":"\w+:batch"/);
  });
});

describe("the dashboard", () => {
  const bodyOf = (each: Synthesis) =>
    z.string().parse(ofType(each.resources, "AWS::CloudWatch::Dashboard")[0]?.["DashboardBody"]);
  const widgets = z.array(
    z.looseObject({
      type: z.string(),
      width: z.number(),
      properties: z.looseObject({ title: z.string().optional() }),
    }),
  );
  const widgetsOf = (each: Synthesis) => widgets.parse(JSON.parse(bodyOf(each)).widgets);

  it("shows the outcomes, times and requests of each environment and the runs", () => {
    const titles = widgetsOf(synthesis).flatMap(({ properties }) => properties.title ?? []);
    expect(titles).toEqual([
      "Alarms",
      "prod: outcomes",
      "prod: time to ready",
      "prod: propagation, from secret change to ready",
      "prod: requests and 429 responses",
      "Runs",
      "Duration of a run",
      "Waiting time of events",
    ]);
  });

  it("has a row for each environment of connections.json", () => {
    const { prod } = CONNECTIONS.environments;
    const [first, ...rest] = CONNECTIONS.connections;
    const two = synthesize({
      ...CONNECTIONS,
      environments: { prod, test: { ...prod, environmentId: "env-d4e5f6" } },
      connections: [
        { ...first, environment: "test" },
        ...rest.map((connection) => ({ ...connection, environment: "prod" })),
      ],
    });
    const outcomes = widgetsOf(two).flatMap(({ properties: { title } }) =>
      title?.endsWith(": outcomes") ? title : [],
    );
    expect(outcomes).toEqual(["prod: outcomes", "test: outcomes"]);
  });

  it("shows the metrics of one rotator by its service name", () => {
    const other = synthesize(CONNECTIONS, { serviceName: "team-blue" });
    expect(bodyOf(other)).not.toContain("flink-connection-rotator");
    expect(bodyOf(other)).toContain("team-blue");
    expect(JSON.stringify(alarmsOf(other).get("NoRun"))).toContain("team-blue");
  });
});
