import type { Connection, ConnectionState } from "./connection.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import type { OutcomeDetails } from "./outcome.ts";
import type { Lane } from "./update.ts";

/** What a group needs to know of its run. */
export interface GroupRun {
  readonly context: RunContext;
  /** The way into a connection's environment. @throws RotationError that stands in the way. */
  readonly lane: (connection: Connection) => Lane;
  /** What was seen of a connection before the first PUT. @throws RotationError that stood in the way. */
  readonly sight: (connection: Connection) => ConnectionState | undefined;
  readonly record: (connection: Connection, details: OutcomeDetails, version: SecretVersion) => void;
  /** Takes back what was recorded, since it is no longer the outcome. */
  readonly retract: (connection: Connection) => void;
  readonly canary: boolean;
  readonly rollback: boolean;
  readonly dryRun: boolean;
  /** Leave alone what the propagation label shows to be in place. */
  readonly skipPropagated: boolean;
  readonly propagationLabel?: string;
}
