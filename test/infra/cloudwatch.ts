import * as z from "zod";
import { matches } from "./event-pattern.ts";
import { evaluate, type Series } from "./math-expression.ts";
import { rulesOf } from "./routes.ts";
import { ACCOUNT, ofType, type Synthesis } from "./synthesis.ts";

const MINUTE = 60;

export interface Datapoint {
  /** The timestamp of the datapoint, in minutes since the start of the simulation. */
  readonly minute: number;
  /** The minute in which CloudWatch receives it. */
  readonly receivedAt: number;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

const metric = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
});
const stat = z.object({ Metric: metric, Period: z.number(), Stat: z.enum(["Sum", "Maximum"]) });
const simple = metric.extend({ Period: z.number(), Statistic: z.enum(["Sum", "Maximum"]) });
const math = z.object({
  Metrics: z.array(
    z.object({ Id: z.string(), Expression: z.string().optional(), MetricStat: stat.optional() }),
  ),
});
const alarm = z.object({
  AlarmName: z.string(),
  Threshold: z.number(),
  ComparisonOperator: z.enum(["GreaterThanOrEqualToThreshold", "LessThanThreshold"]),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number().optional(),
  TreatMissingData: z.enum(["breaching", "notBreaching", "ignore", "missing"]),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
  InsufficientDataActions: z.array(z.string()).default([]),
});

type AlarmDefinition = z.output<typeof alarm>;
type State = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface Message {
  readonly minute: number;
  readonly text: string;
}

/** Evaluates the alarms and recovery rules of a stack minute by minute, as CloudWatch and EventBridge do. */
export class CloudWatch {
  readonly #synthesis: Synthesis;
  readonly #alarms: { definition: AlarmDefinition; properties: unknown; state: State }[];

  constructor(synthesis: Synthesis) {
    this.#synthesis = synthesis;
    this.#alarms = ofType(synthesis.resources, "AWS::CloudWatch::Alarm").map((properties) => ({
      definition: alarm.parse(properties),
      properties,
      state: "INSUFFICIENT_DATA",
    }));
  }

  /** @returns the messages that the topic receives between two minutes. */
  messages(datapoints: readonly Datapoint[], from: number, to: number): Message[] {
    const messages: Message[] = [];
    for (let minute = from; minute < to; minute += 1) {
      const known = datapoints.filter(({ receivedAt }) => receivedAt <= minute);
      for (const each of this.#alarms) {
        const before = each.state;
        each.state = nextState(each.definition, valuesOf(each, known, minute), before);
        if (each.state === before) continue;
        const { AlarmName: name } = each.definition;
        for (const text of this.#notify(each.definition, before, each.state))
          messages.push({ minute, text: `${text} ${name.replace(/^.*-/, "")}` });
      }
    }
    return messages;
  }

  #notify(definition: AlarmDefinition, before: State, after: State): string[] {
    const actions = {
      ALARM: definition.AlarmActions,
      OK: definition.OKActions,
      INSUFFICIENT_DATA: definition.InsufficientDataActions,
    }[after];
    const event = {
      source: "aws.cloudwatch",
      "detail-type": "CloudWatch Alarm State Change",
      account: ACCOUNT,
      detail: {
        alarmName: definition.AlarmName,
        state: { value: after },
        previousState: { value: before },
      },
    };
    const recoveries = rulesOf(this.#synthesis).filter(({ EventPattern }) => matches(EventPattern, event));
    return [...actions.map(() => after), ...recoveries.map(() => "RECOVERED")];
  }
}

function nextState(definition: AlarmDefinition, values: Series, before: State): State {
  const { TreatMissingData, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = definition;
  const present = values.filter((value) => value !== undefined);
  if (present.length === 0 && TreatMissingData === "ignore") return before;
  if (present.length === 0 && TreatMissingData === "missing") return "INSUFFICIENT_DATA";
  const missing = values.length - present.length;
  const breaching = present.filter((value) => isBreaching(definition, value)).length;
  const total = breaching + (TreatMissingData === "breaching" ? missing : 0);
  return total >= DatapointsToAlarm ? "ALARM" : "OK";
}

function isBreaching({ ComparisonOperator, Threshold }: AlarmDefinition, value: number): boolean {
  return ComparisonOperator === "LessThanThreshold" ? value < Threshold : value >= Threshold;
}

/** The values of the alarm's periods, the oldest first; the last period ends with this minute. */
function valuesOf(
  { definition, properties }: { definition: AlarmDefinition; properties: unknown },
  datapoints: readonly Datapoint[],
  minute: number,
): Series {
  const length = definition.EvaluationPeriods;
  const single = simple.safeParse(properties).data;
  if (single) {
    const { Period, Statistic } = single;
    return seriesOf({ Metric: single, Period, Stat: Statistic }, datapoints, minute, length);
  }
  const { Metrics } = math.parse(properties);
  const series = Metrics.flatMap(({ Id, MetricStat }) =>
    MetricStat ? [[Id, seriesOf(MetricStat, datapoints, minute, length)] as const] : [],
  );
  const { Expression = "" } = Metrics.find(({ Expression }) => Expression !== undefined) ?? {};
  return evaluate(Expression, new Map(series), length);
}

function seriesOf(
  { Metric, Period, Stat }: z.output<typeof stat>,
  datapoints: readonly Datapoint[],
  minute: number,
  length: number,
): Series {
  const periodMinutes = Period / MINUTE;
  const lastPeriod = Math.floor((minute + 1) / periodMinutes) - 1;
  const matching = datapoints.filter((each) => isOf(Metric, each));
  return Array.from({ length }, (_, index) => {
    const period = lastPeriod - length + 1 + index;
    const values = matching.flatMap((each) =>
      Math.floor(each.minute / periodMinutes) === period ? [each.value] : [],
    );
    if (values.length === 0) return undefined;
    return Stat === "Sum" ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
  });
}

function isOf({ Namespace, MetricName, Dimensions }: z.output<typeof metric>, point: Datapoint): boolean {
  return (
    Namespace === point.namespace &&
    MetricName === point.name &&
    Dimensions.length === Object.keys(point.dimensions).length &&
    Dimensions.every(({ Name, Value }) => point.dimensions[Name] === Value)
  );
}
