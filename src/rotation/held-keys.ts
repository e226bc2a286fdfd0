import { type Connection, type ConnectionState, phaseKind } from "./connection.ts";
import type { SecretVersion } from "./dependencies.ts";
import type { EnvironmentSession } from "./environment.ts";
import { RotationError } from "./errors.ts";
import { impliesPreviousKey, type Outcome, type OutcomeDetails } from "./outcome.ts";
import { isOlderThan } from "./versions.ts";

/** The outcomes of a PUT after which the connection works, as far as can be known. */
const PROVEN: ReadonlySet<Outcome["outcome"]> = new Set(["ready", "applied", "rolled-back"]);

type FirstReads = ReadonlyMap<string, Pick<EnvironmentSession, "firstRead"> | RotationError | undefined>;

/** Knows which key a connection holds if its update failed, and whether it failed before the run. */
export class HeldKeys {
  readonly #sessions: FirstReads;
  readonly #mayHoldNew = new Set<Connection>();
  /** The connections whose last PUT of this run has not been shown to work. */
  readonly #unproven = new Set<Connection>();
  /** The version that this run has put and that works, as far as can be known. */
  readonly #working = new Map<Connection, string>();

  constructor(sessions: FirstReads) {
    this.#sessions = sessions;
  }

  /** Notes that a PUT of this run may have been applied. */
  markSent(connection: Connection): void {
    this.#mayHoldNew.add(connection);
    this.#unproven.add(connection);
  }

  /** The details with what is known of the keys that the connection has and had. */
  complete(connection: Connection, version: SecretVersion, details: OutcomeDetails): OutcomeDetails {
    const { outcome } = details;
    const isFailure = outcome === "failed" || outcome === "unverified";
    if (outcome === "rolled-back") this.#mayHoldNew.delete(connection);
    if (PROVEN.has(outcome)) {
      this.#unproven.delete(connection);
      this.#working.set(connection, version.versionId);
    }
    return {
      secretVersionId: version.versionId,
      ...this.#before(connection, version, details),
      ...(isFailure && !this.#mayHoldNew.has(connection) && { holds: "previous" as const }),
      // An older version of the secret was put in this run.
      ...(impliesPreviousKey(details) && this.#unproven.has(connection) && { holds: "unknown" as const }),
      ...details,
    };
  }

  #before(
    connection: Connection,
    version: SecretVersion,
    { outcome }: OutcomeDetails,
  ): Pick<Outcome, "phaseBefore" | "failingSince"> {
    if (outcome === "ready" || outcome === "applied" || outcome === "skipped" || outcome === "planned")
      return {};
    const working = this.#working.get(connection);
    if (working !== undefined && working !== version.versionId) return {};
    const session = this.#sessions.get(connection.environment);
    const before = session instanceof RotationError ? undefined : session?.firstRead(connection);
    if (before === undefined) return {};
    const kind = phaseKind(before.phase);
    // A missing phase is a failure only if the configuration requires one.
    const wasWell = kind === "usable" || (kind === "silent" && outcome !== "unverified");
    const mayHoldNew = this.#mayHoldNew.has(connection) || outcome === "rolled-back";
    const isOld = isFailingWith(before, version, { wasWell, mayHoldNew });
    return {
      ...(!wasWell && before.phase !== "" && { phaseBefore: before.phase }),
      ...(isOld && { failingSince: new Date(version.createdAt).toISOString() }),
    };
  }
}

/**
 * True if the connection had the same failure before the run. If it was last updated after the version was created, it held
 * that version; otherwise it has never held it.
 */
function isFailingWith(
  { updatedAt }: ConnectionState,
  version: SecretVersion,
  { wasWell, mayHoldNew }: { wasWell: boolean; mayHoldNew: boolean },
): boolean {
  if (updatedAt === undefined) return false;
  const hadVersion = !isOlderThan(updatedAt, version);
  return mayHoldNew ? hadVersion && !wasWell : !hadVersion;
}
