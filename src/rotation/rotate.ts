import type { Connection } from "./connection.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import { asResult, openWays, readApiKeys, type Way, type WaySettings, type Ways } from "./environment.ts";
import { OutOfTimeError, RotationError } from "./errors.ts";
import { SecretRollout } from "./group.ts";
import type { GroupRun } from "./group-run.ts";
import { detailsOf, type Outcome, type OutcomeDetails, toOutcome } from "./outcome.ts";
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
export async function rotate(
  context: RunContext,
  settings: Settings,
  work: Work,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<Connection, Outcome>();
  const over = new AbortController();
  const record = (connection: Connection, details: OutcomeDetails, version?: SecretVersion): void => {
    if (over.signal.aborted) return;
    const outcome = redacted(toOutcome(connection, details), context);
    outcomes.set(connection, outcome);
    context.progress({
      step: "done",
      connection,
      outcome,
      ...(version && { secretCreatedAt: version.createdAt }),
    });
  };
  const retract = (connection: Connection): void => {
    if (!over.signal.aborted) outcomes.delete(connection);
  };
  const overtimeMs = context.deadlineAt + OVERTIME_MS - context.clock.now();
  await Promise.race([
    rotateAll({ context, settings, work, record, retract }),
    context.clock.sleep(overtimeMs, over.signal),
  ]);
  const late = detailsOf(new OutOfTimeError("The run's time was up before the outcome was known."));
  const connections = work.groups.flatMap((group) => group.connections);
  for (const connection of connections) if (!outcomes.has(connection)) record(connection, late);
  over.abort();
  return connections.flatMap((connection) => outcomes.get(connection) ?? []);
}

/** Without what a server may have quoted in a text, or a secret's value may have in common with one of ours. */
function redacted(outcome: Outcome, { redactor }: RunContext): Outcome {
  const { message, detail, requestId } = outcome;
  const texts = Object.entries({ message, detail, requestId });
  const clean = texts.flatMap(([key, text]) =>
    text === undefined ? [] : [[key, redactor.redact(text).replace(CONTROL_CHARACTERS, " ")]],
  );
  return { ...outcome, ...Object.fromEntries(clean) };
}

/** A line break in a text from outside could forge a line of the alert. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]+/gu;

interface Run {
  readonly context: RunContext;
  readonly settings: Settings;
  readonly work: Work;
  readonly record: (connection: Connection, details: OutcomeDetails, version?: SecretVersion) => void;
  readonly retract: (connection: Connection) => void;
}

async function rotateAll(run: Run): Promise<void> {
  const { context, settings, work } = run;
  const journey = { context, settings, groups: work.groups };
  const apiKeys = readApiKeys(journey);
  const ways = openWays(journey, apiKeys);
  // The first look is under way before the other secrets, which take the processor longer, are read.
  await Promise.any(apiKeys.values()).catch(() => undefined);
  await context.clock.sleep(0);
  await Promise.all(
    work.groups.map(async (group) => {
      const end = await asResult(context, () => rotateGroup(run, group, ways));
      if (end instanceof RotationError)
        for (const connection of group.connections) run.record(connection, detailsOf(end));
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
  await new SecretRollout(groupRunOf(run, new Map(open)), group).rotate(version);
}

function groupRunOf(
  { context, settings, work, record, retract }: Run,
  ways: ReadonlyMap<string, Way | RotationError | undefined>,
): GroupRun {
  const wayOf = ({ environment }: Connection) =>
    orThrow(ways.get(environment) ?? new RotationError("internal", `No way into ${environment}.`));
  return {
    context,
    lane: (connection) => wayOf(connection).lane,
    sight: (connection) => orThrow(wayOf(connection).initialStates.get(connection.name)),
    record,
    retract,
    canary: settings.canary,
    rollback: settings.onRejected === "rollback",
    dryRun: isDryRun(work.trigger),
    skipPropagated: work.trigger.kind === "schedule" && settings.refresh === "when-stale",
    ...(settings.propagationLabel !== undefined && { propagationLabel: settings.propagationLabel }),
  };
}

function firstVersion({ context, work }: Run, secret: string): Promise<SecretVersion> {
  const { trigger } = work;
  return trigger.kind === "secret-change" && trigger.versionId !== undefined
    ? announcedVersion(context, secret, trigger.versionId)
    : currentVersion(context, secret);
}

function orThrow<T>(result: T | RotationError): T {
  if (result instanceof RotationError) throw result;
  return result;
}
