import { Duration } from "aws-cdk-lib";
import {
  AlarmStatusWidget,
  Color,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  GraphWidgetView,
  type IAlarm,
  Stats,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { RotatorMetric } from "./metrics.ts";

interface DashboardProps {
  readonly metric: RotatorMetric;
  readonly fn: IFunction;
  readonly alarms: readonly IAlarm[];
  readonly environments: readonly string[];
  readonly name: string;
}

/** A name that is known before the dashboard exists, because the function's alerts link to it. */
export function dashboardNameOf(serviceName: string): string {
  return serviceName.replaceAll(".", "-");
}

const COLUMNS = 24;
const MILLISECONDS = { label: "ms", min: 0, showUnits: false };
const COUNT = { min: 0, showUnits: false };

const OUTCOMES = [
  ["ConnectionsReady", "ready", Color.GREEN],
  ["ConnectionsApplied", "applied", Color.BLUE],
  ["ConnectionsSkipped", "skipped", Color.GREY],
  ["ConnectionsUnverified", "unverified", Color.ORANGE],
  ["ConnectionsNotAttempted", "not attempted", Color.BROWN],
  ["ConnectionsRolledBack", "rolled back", Color.PURPLE],
  ["ConnectionsFailed", "failed", Color.RED],
] as const;

const STATISTICS = [
  [Stats.p(50), "median"],
  [Stats.p(95), "p95"],
  [Stats.MAXIMUM, "slowest"],
] as const;

export function addDashboard(
  scope: Construct,
  { metric, fn, alarms, environments, name }: DashboardProps,
): Dashboard {
  const markdown =
    "# Flink connection rotator\nGreen: connections that use their current key. " +
    "The alert topic received every other outcome, with the reason and the next step.";
  return new Dashboard(scope, "Dashboard", {
    dashboardName: name,
    defaultInterval: Duration.days(7),
    widgets: [
      [new TextWidget({ markdown, width: COLUMNS, height: 2 })],
      [new AlarmStatusWidget({ title: "Alarms", alarms: [...alarms], width: COLUMNS, height: 3 })],
      ...environments.map((environment) => row(environmentGraphs(metric, environment))),
      row(functionGraphs(metric, fn)),
    ],
  });
}

function row(graphs: readonly GraphWidgetProps[]): GraphWidget[] {
  return graphs.map((graph) => new GraphWidget({ width: COLUMNS / graphs.length, height: 6, ...graph }));
}

function environmentGraphs(metric: RotatorMetric, environment: string): GraphWidgetProps[] {
  const durations = (name: "TimeToReady" | "PropagationTime") =>
    STATISTICS.map(([statistic, label]) => metric(name, { environment, statistic }).with({ label }));
  return [
    {
      title: `${environment}: outcomes`,
      view: GraphWidgetView.BAR,
      stacked: true,
      left: OUTCOMES.map(([name, label, color]) => metric(name, { environment }).with({ label, color })),
    },
    {
      title: `${environment}: time to ready`,
      left: durations("TimeToReady"),
      leftYAxis: MILLISECONDS,
    },
    {
      title: `${environment}: propagation, from secret change to ready`,
      left: durations("PropagationTime"),
      leftYAxis: MILLISECONDS,
    },
    {
      title: `${environment}: requests and 429 responses`,
      left: [
        metric("Requests", { environment }).with({ label: "requests", color: Color.BLUE }),
        metric("Throttled", { environment }).with({ label: "429", color: Color.RED }),
      ],
      leftYAxis: COUNT,
    },
  ];
}

function functionGraphs(metric: RotatorMetric, fn: IFunction): GraphWidgetProps[] {
  return [
    {
      title: "Runs",
      left: [
        metric("Runs").with({ label: "runs", color: Color.BLUE }),
        fn.metricErrors().with({ label: "ended with an error", color: Color.RED }),
        fn.metricThrottles().with({ label: "throttled", color: Color.ORANGE }),
      ],
      leftYAxis: COUNT,
    },
    {
      title: "Duration of a run",
      left: [
        fn.metricDuration({ statistic: Stats.p(50), label: "median" }),
        fn.metricDuration({ statistic: Stats.MAXIMUM, label: "longest" }),
      ],
      leftYAxis: MILLISECONDS,
    },
    {
      title: "Waiting time of events",
      left: [fn.metric("AsyncEventAge", { statistic: Stats.MAXIMUM, label: "longest" })],
      leftYAxis: MILLISECONDS,
    },
  ];
}
