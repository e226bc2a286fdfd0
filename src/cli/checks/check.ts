import type { Config } from "../../config/load.ts";
import type { ConnectionState } from "../../rotation/connection.ts";
import type { RunDependencies } from "../../rotation/dependencies.ts";
import type { RotationError } from "../../rotation/errors.ts";
import type { CommandContext } from "../context.ts";
import type { ShownProblem } from "../problem.ts";

/** One thing that `check` looks at. It writes nothing. */
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

/** What a check found. A remark is worth reading and does not fail the command. */
export interface Finding extends ShownProblem {
  readonly state: "passed" | "failed" | "remark";
  /** Such as "environment prod" or "prod/support-openai". */
  readonly subject: string;
  /** Of the connection. */
  readonly name?: string;
  readonly environment?: string;
  readonly secret?: string;
}
