import type { Connection } from "./connection.ts";
import type { Outside, SecretVersion } from "./dependencies.ts";
import { attempt, openWays, readApiKeys, type Way, type WaySettings, type Ways } from "./environment.ts";
import { OutOfTimeError, RotationError } from "./errors.ts";
import { GroupRotation } from "./group.ts";
import type { GroupRun } from "./group-run.ts";
import { type Finding, findingOf, type Outcome, toOutcome } from "./outcome.ts";
import { isDryRun, type SecretGroup, type Trigger } from "./plan.ts";
import { announcedVersion, currentVersion } from "./versions.ts";

/** How long after the deadline a contact that does not keep to it may hold the run up, in milliseconds. */
const OVERTIME_MS = 500;

export interface Settings extends WaySettings {
  readonly canary: boolean;
  readonly onRejected: "keep" | "rollback";
  readonly refresh: "always" | "when-stale";
  readonly propagationLabel?: string;
}

export interface Work {
  readonly trigger: Trigger;
  readonly groups: readonly SecretGroup[];
}

/**
 * Puts the secrets' current values into the connections and watches until each has a verdict or the time is up.
 * Throws for nothing that happens to a connection: there is exactly one outcome for each.
 */
export async function rotate(outside: Outside, settings: Settings, work: Work): Promise<readonly Outcome[]> {
  const outcomes = new Map<Connection, Outcome>();
  const over = new AbortController();
  const record = (connection: Connection, finding: Finding, version?: SecretVersion): void => {
    if (over.signal.aborted) return;
    const outcome = scrubbed(toOutcome(connection, finding), outside);
    outcomes.set(connection, outcome);
    outside.progress({
      step: "done",
      connection,
      outcome,
      ...(version && { secretCreatedAt: version.createdAt }),
    });
  };
  const retract = (connection: Connection): void => {
    if (!over.signal.aborted) outcomes.delete(connection);
  };
  const overtimeMs = outside.deadlineAt + OVERTIME_MS - outside.clock.now();
  await Promise.race([
    rotateAll({ outside, settings, work, record, retract }),
    outside.clock.sleep(overtimeMs, over.signal),
  ]);
  const late = findingOf(new OutOfTimeError("The run's time was up before the outcome was known."));
  const connections = work.groups.flatMap((group) => group.connections);
  for (const connection of connections) if (!outcomes.has(connection)) record(connection, late);
  over.abort();
  return connections.flatMap((connection) => outcomes.get(connection) ?? []);
}

/** Without what a server may have quoted in a text, or a secret's value may have in common with one of ours. */
function scrubbed(outcome: Outcome, { scrubber }: Outside): Outcome {
  const { message, detail, requestId } = outcome;
  const texts = Object.entries({ message, detail, requestId });
  const clean = texts.flatMap(([key, text]) =>
    text === undefined ? [] : [[key, scrubber.scrub(text).replace(CONTROL_CHARACTERS, " ")]],
  );
  return { ...outcome, ...Object.fromEntries(clean) };
}

/** A line break in a text from outside could forge a line of the alert. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]+/gu;

interface Run {
  readonly outside: Outside;
  readonly settings: Settings;
  readonly work: Work;
  readonly record: (connection: Connection, finding: Finding, version?: SecretVersion) => void;
  readonly retract: (connection: Connection) => void;
}

async function rotateAll(run: Run): Promise<void> {
  const { outside, settings, work } = run;
  const journey = { outside, settings, groups: work.groups };
  const apiKeys = readApiKeys(journey);
  const ways = openWays(journey, apiKeys);
  // The first look is under way before the other secrets, which take the processor longer, are read.
  await Promise.any(apiKeys.values()).catch(() => undefined);
  await outside.clock.sleep(0);
  await Promise.all(
    work.groups.map(async (group) => {
      const end = await attempt(outside, () => rotateGroup(run, group, ways));
      if (end instanceof RotationError)
        for (const connection of group.connections) run.record(connection, findingOf(end));
    }),
  );
}

/** @throws RotationError for what stands in the way of them all. */
async function rotateGroup(run: Run, group: SecretGroup, ways: Ways): Promise<void> {
  const environments = [...new Set(group.connections.map(({ environment }) => environment))];
  const [version, ...open] = await Promise.all([
    firstVersion(run, group.secret),
    ...environments.map(async (environment) => [environment, await ways.get(environment)] as const),
  ]);
  await new GroupRotation(groupRunOf(run, new Map(open)), group).rotate(version);
}

function groupRunOf(
  { outside, settings, work, record, retract }: Run,
  ways: ReadonlyMap<string, Way | RotationError | undefined>,
): GroupRun {
  const wayOf = ({ environment }: Connection) =>
    orThrow(ways.get(environment) ?? new RotationError("internal", `No way into ${environment}.`));
  return {
    outside,
    lane: (connection) => wayOf(connection).lane,
    sight: (connection) => orThrow(wayOf(connection).sights.get(connection.name)),
    record,
    retract,
    canary: settings.canary,
    rollback: settings.onRejected === "rollback",
    dryRun: isDryRun(work.trigger),
    skipPropagated: work.trigger.kind === "schedule" && settings.refresh === "when-stale",
    ...(settings.propagationLabel !== undefined && { propagationLabel: settings.propagationLabel }),
  };
}

function firstVersion({ outside, work }: Run, secret: string): Promise<SecretVersion> {
  const { trigger } = work;
  return trigger.kind === "secret-change" && trigger.versionId !== undefined
    ? announcedVersion(outside, secret, trigger.versionId)
    : currentVersion(outside, secret);
}

function orThrow<T>(result: T | RotationError): T {
  if (result instanceof RotationError) throw result;
  return result;
}
