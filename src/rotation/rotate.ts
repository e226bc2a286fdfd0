import type { RunContext, SecretVersion } from "./dependencies.ts";
import { openSessions, readApiKeys, type Sessions } from "./environment.ts";
import { RotationError } from "./errors.ts";
import { SecretRollout } from "./group.ts";
import { asResult, detailsOf, type Outcome } from "./outcome.ts";
import { OutcomeRecorder } from "./outcome-recorder.ts";
import type { SecretGroup } from "./plan.ts";
import { announcedVersion, currentVersion } from "./versions.ts";

/** Grace for calls that overrun the deadline, in milliseconds. */
const OVERTIME_MS = 500;

/**
 * Puts the current values of the secrets into their connections and waits until each has a verdict or the time is up.
 * Does not throw for anything that happens to a connection: there is exactly one outcome for each.
 */
export async function rotate(
  context: RunContext,
  groups: readonly SecretGroup[],
): Promise<readonly Outcome[]> {
  const recorder = new OutcomeRecorder(context);
  const overtimeMs = context.deadlineAt + OVERTIME_MS - context.clock.now();
  await Promise.race([
    rotateAll(context, groups, recorder),
    context.clock.sleep(overtimeMs, recorder.closed),
  ]);
  return recorder.close(groups.flatMap((group) => group.connections));
}

async function rotateAll(
  context: RunContext,
  groups: readonly SecretGroup[],
  recorder: OutcomeRecorder,
): Promise<void> {
  const apiKeys = readApiKeys(context, groups);
  const sessions = openSessions(context, groups, apiKeys);
  // The first LIST needs only an API key; parsing the other secrets first would delay it.
  await Promise.any(apiKeys.values()).catch(() => undefined);
  await context.clock.sleep(0);
  await Promise.all(
    groups.map(async (group) => {
      const result = await asResult(context, () => rotateGroup(context, group, sessions, recorder));
      if (result instanceof RotationError)
        for (const connection of group.connections) recorder.record(connection, detailsOf(result));
    }),
  );
}

/** @throws RotationError if none of the group's connections can be updated. */
async function rotateGroup(
  context: RunContext,
  group: SecretGroup,
  sessions: Sessions,
  recorder: OutcomeRecorder,
): Promise<void> {
  const environments = [...new Set(group.connections.map(({ environment }) => environment))];
  const [version, ...opened] = await Promise.all([
    firstVersion(context, group.secret),
    ...environments.map(async (environment) => [environment, await sessions.get(environment)] as const),
  ]);
  await new SecretRollout(context, group, new Map(opened), recorder).rotate(version);
}

function firstVersion(context: RunContext, secret: string): Promise<SecretVersion> {
  const { trigger } = context;
  return trigger.kind === "secret-change" && trigger.versionId !== undefined
    ? announcedVersion(context, secret, trigger.versionId)
    : currentVersion(context, secret);
}
