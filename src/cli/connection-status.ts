import type { Config } from "../config/load.ts";
import { assertMatchesConfig } from "../rotation/config-match.ts";
import { type Connection, type ConnectionState, phaseKind } from "../rotation/connection.ts";
import type { SecretVersion } from "../rotation/dependencies.ts";
import { type ErrorClass, RotationError } from "../rotation/errors.ts";
import type { TextResolver } from "../rotation/text-resolver.ts";
import { isOlderThan } from "../rotation/versions.ts";
import { connectionProblem, type Problem } from "./problem.ts";
import { PROGRAM } from "./program-name.ts";

/**
 * `healthy`: its phase is good, and nothing indicates an older key. `stale`: it certainly holds an older version of its secret.
 * `pending`: no verdict yet. `unhealthy`: it is missing, not as configured or not usable. `unknown`: it could not be read.
 */
export const CONNECTION_STATES = ["unhealthy", "unknown", "stale", "pending", "healthy"] as const;

/** The current state of a connection and its secret. */
export interface ConnectionStatus {
  readonly name: string;
  readonly environment: string;
  readonly type: string;
  readonly state: (typeof CONNECTION_STATES)[number];
  readonly errorClass?: ErrorClass;
  readonly phase?: string;
  readonly detail?: string;
  /** ISO 8601. */
  readonly updatedAt?: string;
  readonly secret: string;
  readonly secretVersionId?: string;
  /** When the AWSCURRENT version was created, ISO 8601. */
  readonly currentSince?: string;
  /** Whether the current version has the propagation label; absent if no label is configured. */
  readonly propagated?: boolean;
  readonly message?: string;
  /** The request id of the response that shows the problem. */
  readonly requestId?: string;
  readonly nextStep?: string;
}

/** The connections of an environment by name, or why it cannot be listed. */
export type Listing = ReadonlyMap<string, ConnectionState> | StatusProblem;

interface Reading {
  readonly listing: Listing | undefined;
  readonly version: SecretVersion | RotationError | undefined;
}

/** Why a connection is not healthy. */
interface StatusProblem extends Problem {
  readonly state: ConnectionStatus["state"];
  readonly errorClass?: ErrorClass;
}

export async function toStatus(
  texts: TextResolver,
  connection: Connection,
  { listing, version }: Reading,
  config: Config,
): Promise<ConnectionStatus> {
  const { name, environment, type, secret } = connection;
  const live = listing instanceof Map ? listing.get(name) : undefined;
  const problem = isProblem(listing) ? listing : problemOf(connection, live, version, config);
  const known = version instanceof RotationError ? undefined : version;
  const { state = "healthy", errorClass, nextStep, ...told } = problem ?? {};
  const shown = await texts.resolve(
    { ...(live?.detail && { detail: live.detail }), ...told },
    connection,
    known,
  );
  return {
    name,
    environment,
    type,
    state,
    ...(errorClass !== undefined && { errorClass }),
    ...(live && connectionFields(live)),
    secret,
    ...(known && secretFields(known, config.propagationLabel)),
    ...shown,
    ...(nextStep !== undefined && { nextStep }),
  };
}

function connectionFields({ phase, updatedAt }: ConnectionState): Partial<ConnectionStatus> {
  return {
    phase,
    ...(updatedAt !== undefined && { updatedAt: new Date(updatedAt).toISOString() }),
  };
}

function secretFields(
  { versionId, createdAt, stages }: SecretVersion,
  label: string | undefined,
): Partial<ConnectionStatus> {
  return {
    secretVersionId: versionId,
    currentSince: new Date(createdAt).toISOString(),
    ...(label !== undefined && { propagated: stages.includes(label) }),
  };
}

function isProblem(listing: Listing | undefined): listing is StatusProblem {
  return listing !== undefined && "message" in listing;
}

function problemOf(
  connection: Connection,
  live: ConnectionState | undefined,
  version: Reading["version"],
  { verification }: Config,
): StatusProblem | undefined {
  try {
    const matching = assertMatchesConfig(connection, live);
    if (version instanceof RotationError) return failure("unknown", version, connection);
    const kind = phaseKind(matching.phase);
    const isUsable = kind === "usable" || (kind === "silent" && verification.require !== "ready");
    return isUsable ? staleness(connection, matching, version) : unusable(matching);
  } catch (error) {
    if (error instanceof RotationError) return failure("unhealthy", error, connection);
    throw error;
  }
}

function failure(state: StatusProblem["state"], error: RotationError, connection: Connection): StatusProblem {
  return { state, errorClass: error.errorClass, ...connectionProblem(error, connection) };
}

function unusable({ phase, requestId }: ConnectionState): StatusProblem {
  return {
    state: phaseKind(phase) === "pending" ? "pending" : "unhealthy",
    message: `It is not usable: ${phase || "it has no phase"}.`,
    ...(requestId !== undefined && { requestId }),
  };
}

function staleness(
  connection: Connection,
  { updatedAt }: ConnectionState,
  version: SecretVersion | undefined,
): StatusProblem | undefined {
  if (version === undefined || updatedAt === undefined || !isOlderThan(updatedAt, version)) return undefined;
  const { secret } = connection;
  return {
    state: "stale",
    message: `It holds an older version of secret ${secret}: it was last updated before version ${version.versionId.slice(0, 8)} was created.`,
    nextStep: `If the current version was refused, put a working key into the secret. Otherwise send it: ${PROGRAM} rotate --secret ${secret}`,
  };
}
