import { createHash } from "node:crypto";
import type { RunContext } from "../dependencies.ts";
import type { EnvironmentSession } from "../environment.ts";
import { UnknownResultError } from "../errors.ts";
import { toRotationError } from "../outcome.ts";
import type { StatementState } from "./api.ts";

const MAX_MARKED_NAME = 60;
/** Reads nothing, and needs no rights on tables. */
const SQL = "SHOW CATALOGS";

/**
 * Creates a statement whose name shows a later run which statement this run stops.
 * @returns its name. @throws RotationError if it was certainly not created.
 */
export async function createMarker(
  context: RunContext,
  session: EnvironmentSession,
  { name, computePool }: StatementState,
): Promise<string> {
  const { statements } = session.api;
  const marker = session.nextStatementName(context, "stopped", markedName(name));
  try {
    await statements.create({ name: marker, sql: SQL, ...(computePool !== undefined && { computePool }) });
  } catch (error) {
    const isThere = error instanceof UnknownResultError && (await statements.get(marker)) !== undefined;
    if (!isThere) throw error;
  }
  return marker;
}

/** Deletes a statement of the rotator. If that fails, a later run deletes it. Never rejects. */
export async function deleteOwnStatement(
  context: RunContext,
  { api }: EnvironmentSession,
  name: string,
): Promise<void> {
  try {
    await api.statements.delete(name);
  } catch (error) {
    context.log.note("A statement of the rotator could not be deleted; a later run tries again.", {
      statement: name,
      reason: toRotationError(context, error).message,
    });
  }
}

/** How the name of a marker ends: with the name of the statement, or with a hash of a long one. */
export function markedName(name: string): string {
  if (name.length <= MAX_MARKED_NAME) return name;
  return createHash("sha256").update(name).digest("hex").slice(0, 32);
}
