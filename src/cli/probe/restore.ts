import { backoffMs } from "../../rotation/backoff.ts";
import type { Connection, ConnectionState } from "../../rotation/connection.ts";
import type { RunContext } from "../../rotation/dependencies.ts";
import { GuardError, type RotationError } from "../../rotation/errors.ts";
import { toRotationError } from "../../rotation/outcome.ts";
import { type OpenUntil, openSession, withClients } from "./context.ts";
import { putData, readCurrentKey } from "./put.ts";

/** How long restoring the good key is tried, in milliseconds. */
const RESTORE_MS = 300_000;
const MAX_DELAY_MS = 10_000;

interface Restored {
  /** The state before the good key was restored. */
  readonly before: ConnectionState;
  readonly putAt: number;
}

interface RestoreOptions {
  readonly open: OpenUntil;
  readonly connection: Connection;
  readonly clock: RunContext["clock"];
  readonly random: () => number;
  /** False if the service accepts a PUT only without `metadata`. */
  readonly sendsMetadata: boolean;
  readonly onFailure: (error: RotationError) => void;
}

/**
 * Sends AWSCURRENT to a connection that may hold an invalid key until that succeeds. Each attempt has new clients and reads
 * the keys, the connection and AWSCURRENT again.
 * @returns the last error if that did not succeed in time or another connection has taken its place.
 */
export async function restore(options: RestoreOptions): Promise<Restored | RotationError> {
  const { clock, random, onFailure } = options;
  const untilAt = clock.now() + RESTORE_MS;
  for (let attempt = 1; ; attempt += 1) {
    const result = await attemptRestore(options, untilAt);
    if (!(result instanceof Error)) return result;
    onFailure(result);
    const delayMs = backoffMs(attempt, random(), MAX_DELAY_MS);
    if (result instanceof GuardError || clock.now() + delayMs >= untilAt) return result;
    await clock.sleep(delayMs);
  }
}

function attemptRestore(options: RestoreOptions, untilAt: number): Promise<Restored | RotationError> {
  return withClients(options.open, untilAt, async (context) => {
    try {
      return await putBack(context, options);
    } catch (error) {
      return toRotationError(context, error);
    }
  });
}

/** Sends any newer version that appears during the PUT after it. */
async function putBack(context: RunContext, options: RestoreOptions): Promise<Restored> {
  const { connection, clock } = options;
  const session = await openSession(context, connection);
  session.sendsMetadata = options.sendsMetadata;
  // The connection may have changed because of the invalid key, so a change does not prove that this PUT was applied.
  session.recordPut(connection, clock.now());
  for (;;) {
    const key = await readCurrentKey(context, connection);
    const { before } = await putData(context, session, { connection, key, data: key.credentials.data });
    const putAt = clock.now();
    if ((await key.check.newerThan(key.version)) === undefined) return { before, putAt };
  }
}
