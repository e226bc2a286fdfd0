import { within } from "./clock.ts";
import type { Connection } from "./connection.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import { type OpenedSessions, openSessions, readApiKeys, type Sessions } from "./environment.ts";
import { RotationError } from "./errors.ts";
import { asResult, detailsOf, type Outcome } from "./outcome.ts";
import { OutcomeRecorder } from "./outcome-recorder.ts";
import { mergeByArn, relatedGroups, type SecretGroup } from "./plan.ts";
import { SecretRollout } from "./secret-rollout.ts";
import { finishStatements } from "./statements/finish.ts";
import type { StatementRecorder } from "./statements/recorder.ts";
import { recoverStatements } from "./statements/recover.ts";
import { announcedVersion, currentVersion } from "./versions.ts";

/** Grace for calls that overrun the deadline, in milliseconds. */
const OVERTIME_MS = 500;

/** How long before the deadline AWSPREVIOUS is read, in milliseconds, to redact the texts of connections that are unfinished. */
const PREPARE_TEXTS_MS = 5_000;

/**
 * Puts the current values of the secrets into their connections, and waits until each has a verdict or the time is up.
 * An error of a connection is not thrown: each connection has exactly one outcome.
 * @param statements receives what the run finds and does about statements.
 */
export async function rotate(
  context: RunContext,
  groups: readonly SecretGroup[],
  statements: StatementRecorder,
): Promise<readonly Outcome[]> {
  const recorder = new OutcomeRecorder(context);
  const connections = groups.flatMap((group) => group.connections);
  await Promise.race([
    rotateAll(context, groups, { recorder, statements }).then(() => recorder.reported()),
    overtime(context, connections, recorder),
  ]);
  return recorder.close(connections);
}

/** Resolves when calls have overrun the deadline. */
async function overtime(
  { clock, deadlineAt }: RunContext,
  connections: readonly Connection[],
  recorder: OutcomeRecorder,
): Promise<void> {
  const sleepUntil = (at: number) => clock.sleep(at - clock.now(), recorder.closed);
  const halfMs = (deadlineAt - clock.now()) / 2;
  await sleepUntil(deadlineAt - Math.min(PREPARE_TEXTS_MS, halfMs));
  recorder.prepareTexts(connections);
  await sleepUntil(deadlineAt + OVERTIME_MS);
}

async function rotateAll(
  context: RunContext,
  groups: readonly SecretGroup[],
  { recorder, statements }: { recorder: OutcomeRecorder; statements: StatementRecorder },
): Promise<void> {
  const apiKeys = readApiKeys(context, groups);
  const sessions = openSessions(context, groups, apiKeys);
  // The first LIST needs only an API key; parsing the other secrets first would delay it.
  await Promise.any(apiKeys.values()).catch(() => undefined);
  await context.clock.sleep(0);
  const state = { sessions, recorder };
  const connections = groups.flatMap((group) => group.connections);
  await Promise.all([
    recoverStatements(context, { sessions, connections }, statements),
    ...relatedGroups(groups).map((related) => rotateRelated(context, related, state)),
  ]);
  await finishStatements(context, { sessions, connections, recorder }, statements);
}

interface RunState {
  readonly sessions: Sessions;
  readonly recorder: OutcomeRecorder;
}

/** A group with the version of its secret that was read. */
interface ReadGroup extends SecretGroup {
  readonly version: SecretVersion | RotationError;
}

/** Reads the secrets of groups that may have the same one, and joins those that do before anything is put. */
async function rotateRelated(
  context: RunContext,
  related: readonly SecretGroup[],
  state: RunState,
): Promise<void> {
  const reads = related.map(async (group): Promise<ReadGroup> => {
    const version = await asResult(context, () => firstVersion(context, group.secret));
    return { ...group, version };
  });
  const merged = mergeByArn(await Promise.all(reads), ({ version }) =>
    version instanceof RotationError ? undefined : version.arn,
  );
  await Promise.all(merged.map((group) => rotateGroup(context, group, state)));
}

async function rotateGroup(
  context: RunContext,
  group: ReadGroup,
  { sessions, recorder }: RunState,
): Promise<void> {
  const { version, connections } = group;
  const result = await asResult(context, async () => {
    if (version instanceof RotationError) throw version;
    recorder.readBefore(connections, version);
    const opened = await openedSessions(context, connections, sessions);
    const rollout = new SecretRollout(context, group, opened, recorder);
    await rollout.rotate(version);
  });
  if (result instanceof RotationError)
    for (const connection of connections) recorder.record(connection, detailsOf(result));
}

/** The sessions of the connections' environments. If there are several, none is waited for longer than half of the time that is left. */
async function openedSessions(
  { clock, deadlineAt }: RunContext,
  connections: readonly Connection[],
  sessions: Sessions,
): Promise<OpenedSessions> {
  const environments = [...new Set(connections.map(({ environment }) => environment))];
  const halfMs = (deadlineAt - clock.now()) / 2;
  const opened = environments.map(async (environment) => {
    const session = sessions.get(environment);
    if (session === undefined || environments.length === 1) return [environment, await session] as const;
    return [environment, (await within(clock, halfMs, session)) ?? LATE] as const;
  });
  return new Map(await Promise.all(opened));
}

const LATE = new RotationError(
  "unreachable",
  "Confluent did not answer in time, and the other environments of the secret could not wait longer.",
);

function firstVersion(context: RunContext, secret: string): Promise<SecretVersion> {
  const { trigger } = context;
  return trigger.kind === "secret-change" && trigger.versionId !== undefined
    ? announcedVersion(context, secret, trigger.versionId)
    : currentVersion(context, secret);
}
