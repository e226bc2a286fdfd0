import type { Config } from "../../config/load.ts";
import type { ConnectionState } from "../../rotation/connection.ts";
import type { RunDependencies } from "../../rotation/dependencies.ts";
import type { RotationError } from "../../rotation/errors.ts";
import type { CommandContext } from "../context.ts";
import type { ShownProblem } from "../problem.ts";

/** One of the checks of the command `check`. It changes nothing. */
export interface Check {
  /** Such as "connections"; `check --json` shows it with each finding. */
  readonly name: string;
  readonly run: (input: CheckInput) => Promise<readonly Finding[]>;
}

export interface CheckInput {
  readonly config: Config;
  readonly context: CommandContext;
  readonly clients: RunDependencies;
  /** The connections of an environment by name; each environment is listed once for all checks. */
  readonly listed: (environment: string) => Promise<ReadonlyMap<string, ConnectionState> | RotationError>;
  /** The ARN of the alert topic. */
  readonly topic: string | undefined;
}

/** One result of a check. A remark does not make the command fail. */
export interface Finding extends ShownProblem {
  readonly state: "passed" | "failed" | "remark";
  /** Such as "environment prod" or "prod/support-openai". */
  readonly subject: string;
  /** The connection's name. */
  readonly name?: string;
  readonly environment?: string;
  readonly secret?: string;
}
