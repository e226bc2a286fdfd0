import type { Config } from "../../config/load.ts";
import { assertMatchesConfig } from "../../rotation/config-match.ts";
import type { Connection } from "../../rotation/connection.ts";
import type { RunContext } from "../../rotation/dependencies.ts";
import { type EnvironmentSession, openSessions, readApiKeys, sessionOf } from "../../rotation/environment.ts";
import { openRun, type RunOptions } from "../../run.ts";
import { triggerFor } from "../selection.ts";

/** Opens the clients of a run until a deadline. */
export type OpenUntil = (deadlineAt: number) => Pick<ReturnType<typeof openRun>, "context" | "close">;

export function openWith(
  config: Config,
  connection: Connection,
  options: Omit<RunOptions, "deadlineAt">,
): OpenUntil {
  const trigger = triggerFor([connection], config, { dryRun: false });
  return (deadlineAt) => openRun(config, trigger, { ...options, deadlineAt });
}

/** Runs `work` with its own clients and closes them. */
export async function withClients<T>(
  open: OpenUntil,
  deadlineAt: number,
  work: (context: RunContext) => Promise<T>,
): Promise<T> {
  const { context, close } = open(deadlineAt);
  try {
    return await work(context);
  } finally {
    await close();
  }
}

/**
 * Reads the rotator's Confluent API key and the connection.
 * @throws RotationError if one of them cannot be read; GuardError if the connection differs from its configuration.
 */
export async function openSession(context: RunContext, connection: Connection): Promise<EnvironmentSession> {
  const { environment, secret } = connection;
  const groups = [{ secret, connections: [connection], complete: false }];
  const sessions = openSessions(context, groups, readApiKeys(context, groups));
  const session = sessionOf(new Map([[environment, await sessions.get(environment)]]), connection);
  assertMatchesConfig(connection, session.initialState(connection));
  return session;
}
