import type { Connection } from "../connection.ts";
import type { RunContext, SecretVersion } from "../dependencies.ts";
import type { EnvironmentSession } from "../environment.ts";
import type { OutcomeDetails } from "../outcome.ts";
import { isDryRun } from "../plan.ts";
import { isOlderThan } from "../versions.ts";
import type { StatementState } from "./api.ts";

/** A connection that this run has put, or would put. */
export interface UpdatedConnection {
  readonly name: string;
  /** When it was put, in milliseconds since the epoch. */
  readonly putAt: number;
  /** When the version of its secret was created, in milliseconds since the epoch. */
  readonly keyCreatedAt: number;
  /** True if the connection held another key before. */
  readonly isKeyNew: boolean;
  /** True if enough is known about the new key to restart statements that use the old one. */
  readonly isProven: boolean;
}

/** `undefined` if the run did not put the connection, if Confluent did not take the key, or if the old key was put back. */
export function updatedConnection(
  context: RunContext,
  session: EnvironmentSession,
  connection: Connection,
  recorded: { readonly details: OutcomeDetails; readonly version: SecretVersion | undefined } | undefined,
): UpdatedConnection | undefined {
  if (recorded?.version === undefined) return undefined;
  const { details, version } = recorded;
  const isPlanned = details.outcome === "planned";
  const putAt = isPlanned ? context.clock.now() : session.putAt(connection);
  if (putAt === undefined || details.outcome === "rolled-back" || details.holds === "previous")
    return undefined;
  return {
    name: connection.name,
    putAt,
    keyCreatedAt: version.createdAt,
    isKeyNew: isKeyNew(context, session, connection, version),
    isProven: isPlanned || isProven(details),
  };
}

function isProven({ outcome, evidence }: OutcomeDetails): boolean {
  return outcome === "ready" || (outcome === "applied" && evidence?.provider === "valid");
}

/**
 * A scheduled run puts the same key again. The key is new if the connection was last changed before the key was created. If the
 * service shows no changes, the key counts as new only if an event about it started the run.
 */
function isKeyNew(
  { trigger }: RunContext,
  session: EnvironmentSession,
  connection: Connection,
  version: SecretVersion,
): boolean {
  const before = session.initialState(connection)?.updatedAt;
  const after = session.history(connection).latest?.updatedAt;
  const isShown = before !== undefined && (isDryRun(trigger) || (after !== undefined && after > before));
  if (!isShown) return trigger.kind === "secret-change";
  return isOlderThan(before, version);
}

/** True if the statement certainly or most likely started with the previous key. */
export function hasOldKey({ createdAt, updatedAt }: StatementState, updated: UpdatedConnection): boolean {
  if (createdAt === undefined || createdAt >= updated.putAt) return false;
  return updated.isKeyNew || (updatedAt ?? createdAt) < updated.keyCreatedAt;
}
