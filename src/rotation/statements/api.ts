import type { UntrustedText } from "../untrusted-text.ts";

/** A Flink SQL statement as the API shows it, without its SQL, which may contain a secret. */
export interface StatementState {
  readonly name: string;
  /** Upper case; empty if the service reports none. */
  readonly phase: string;
  readonly detail?: UntrustedText;
  /** True if the detail is one of the known texts of a provider that refuses a key, or does not allow the call. */
  readonly isKeyRefused: boolean;
  /** True for kinds of statements that continue where they were stopped. */
  readonly isResumable: boolean;
  /** The names of the connections that the statement references; absent if the service does not show them. */
  readonly connections?: readonly string[];
  readonly computePool?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt?: number;
  /** Milliseconds since the epoch. */
  readonly updatedAt?: number;
}

export interface StatementPage {
  readonly statements: readonly StatementState[];
  readonly nextToken?: string;
}

/** A statement to run. It reads a snapshot of its tables, and the console does not list it. */
export interface NewStatement {
  /** At most 100 characters of `[a-z0-9.-]`. */
  readonly name: string;
  readonly sql: string;
  readonly catalog?: string;
  readonly database?: string;
  readonly computePool?: string;
  readonly principal?: string;
}

/** The statements API of one environment, called with one API key. Every call may throw a RotationError. */
export interface StatementsApi {
  /** At most 100 statements. */
  readonly list: (pageToken?: string) => Promise<StatementPage>;
  /** `undefined` for 404. */
  readonly get: (name: string) => Promise<StatementState | undefined>;
  /** @throws ConflictError if the name is taken; UnknownResultError if the statement may have been created. */
  readonly create: (statement: NewStatement) => Promise<void>;
  /** Also succeeds if there is no such statement. */
  readonly delete: (name: string) => Promise<void>;
  /**
   * Asks the service to stop a statement or to resume it, which takes a while. Also succeeds if nothing is to be changed.
   * @throws UnknownResultError if the service may have done it.
   */
  readonly setStopped: (name: string, stopped: boolean) => Promise<void>;
}
