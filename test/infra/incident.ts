import * as z from "zod";
import { captureOutput, type Line } from "../support/output.ts";
import { startWorld, type World, type WorldOptions } from "../support/world.ts";
import { CloudWatch, type Datapoint } from "./cloudwatch.ts";
import { ofType, synthesize } from "./synthesis.ts";

export const HOUR = 60;
export const DAY = 24 * HOUR;
export const SCHEDULE = { trigger: "schedule" };
/** The minute of each day at which the schedule starts its run. */
const SCHEDULED = 6 * HOUR + 50;

const emf = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

const synthesis = synthesize();

/**
 * A deployed stack whose schedule has run twice without a failure: the real handler runs against the sandbox, and the
 * alarms of the synthesized template evaluate its metrics. Messages are counted from day 2 on.
 */
export class Incident {
  readonly world: World;
  readonly #lines: () => Line[];
  readonly #cloudWatch = new CloudWatch(synthesis);
  readonly #datapoints: Datapoint[] = [];
  readonly #alerts: { minute: number; text: string }[] = [];

  constructor(world: World, lines: () => Line[]) {
    this.#lines = lines;
    this.world = world;
  }

  /** Invokes the function asynchronously, as the schedule and the rules do. */
  async invoke(event: unknown, minute: number, takesMinutes = 1): Promise<void> {
    const [printed, sent] = [this.#lines().length, this.world.aws.published().length];
    const isFailed = await this.world.invoke(event).then(
      () => false,
      () => true,
    );
    const endsAt = minute + takesMinutes;
    this.#ended(minute, endsAt, isFailed);
    for (const line of this.#lines().slice(printed)) this.#datapoints.push(...datapointsOf(line, endsAt));
    for (const _ of this.world.aws.published().slice(sent))
      this.#alerts.push({ minute: endsAt, text: "ALERT" });
  }

  /** The process ends without any output, at its start or by a timeout. */
  crash(minute: number, takesMinutes = 1): void {
    this.#ended(minute, minute + takesMinutes, true);
  }

  /** EventBridge cannot deliver an event, which stays in the dead-letter queue until that is purged. */
  deadLetter(minute: number, purgedAt: number): void {
    for (let at = minute; at < purgedAt; at += 5)
      this.#record("AWS/SQS", "ApproximateNumberOfMessagesVisible", at, at, 1);
  }

  /** An event waits until Lambda drops it after an hour. */
  drop(minute: number): void {
    for (let waited = 1; waited <= HOUR; waited += 1)
      this.#record("AWS/Lambda", "AsyncEventAge", minute + waited, minute + waited, waited * 60_000);
  }

  /** The scheduled runs of the days from `first` to `last`. */
  async days(first: number, last: number): Promise<void> {
    for (let day = first; day <= last; day += 1) await this.invoke(SCHEDULE, day * DAY + SCHEDULED);
  }

  /** What the topic receives until the end of the day, from the start of `firstDay` on. */
  messages(lastDay: number, firstDay = 2): string[] {
    const end = (lastDay + 1) * DAY;
    return [...this.#alerts, ...this.#cloudWatch.messages(this.#datapoints, 0, end)]
      .filter(({ minute }) => minute >= firstDay * DAY && minute < end)
      .toSorted((a, b) => a.minute - b.minute)
      .map(({ text }) => text);
  }

  #ended(minute: number, endsAt: number, isFailed: boolean): void {
    this.#record("AWS/Lambda", "Errors", minute, endsAt, Number(isFailed));
  }

  #record(namespace: string, name: string, minute: number, receivedAt: number, value: number): void {
    const dimensions = dimensionsOf(namespace, name);
    this.#datapoints.push({ namespace, name, dimensions, minute, receivedAt, value });
  }
}

/** Two connections of two secrets; Confluent accepts the keys that begin with "good". */
export async function startIncident(options: Partial<WorldOptions> = {}): Promise<Incident> {
  const world = await startWorld({
    connections: [
      { name: "a", secret: "openai" },
      { name: "b", secret: "anthropic" },
    ],
    confluent: { accepts: ({ API_KEY = "" }) => API_KEY.startsWith("good") },
    ...options,
  });
  const incident = new Incident(world, captureOutput());
  for (const secret of ["openai", "anthropic"]) putKey(incident, secret, "good-key-0123456789");
  await incident.days(0, 1);
  return incident;
}

/** @returns the event that Secrets Manager sends for the new version. */
export function putKey({ world }: Incident, secret: string, key: string): unknown {
  world.aws.putSecret(secret, key, { createdAt: world.clock.now() - 3_600_000 });
  return world.events.at(-1);
}

function datapointsOf(line: Line, minute: number): Datapoint[] {
  const parsed = emf.safeParse(line).data;
  if (parsed === undefined) return [];
  return parsed._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions: [names = []], Metrics }) => {
    const dimensions = Object.fromEntries(names.map((name) => [name, String(parsed[name])]));
    return Metrics.flatMap(({ Name }) =>
      [parsed[Name]].flat().map((value) => ({
        namespace: Namespace,
        name: Name,
        dimensions,
        minute,
        receivedAt: minute,
        value: Number(value),
      })),
    );
  });
}

const watched = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })),
});

/** The dimensions of the stack's function or queue in the template. */
function dimensionsOf(namespace: string, name: string): Record<string, string> {
  const metrics = ofType(synthesis.resources, "AWS::CloudWatch::Alarm").flatMap((properties) =>
    [
      properties,
      ...[properties["Metrics"] ?? []].flat().map((each) => Object(each).MetricStat?.Metric),
    ].flatMap((each) => watched.safeParse(each).data ?? []),
  );
  const found = metrics.find(({ Namespace, MetricName }) => Namespace === namespace && MetricName === name);
  if (found === undefined) throw new Error(`No alarm evaluates ${namespace} ${name}.`);
  return Object.fromEntries(found.Dimensions.map(({ Name, Value }) => [Name, Value]));
}
