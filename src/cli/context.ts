import type { Redactor } from "../rotation/redact.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { AwsChoice } from "./aws-environment.ts";

export const PROGRAM = "flink-connection-rotator";

export const EXIT = { ok: 0, failed: 1, usage: 2, unverified: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What the program needs of its surroundings, apart from the adapters. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For the result and nothing else. */
  readonly out: Terminal;
  /** For progress, notes and errors. */
  readonly err: Terminal;
  /** Makes the AWS clients that are created from now on use a profile or a region. */
  readonly useAws: (choice: AwsChoice) => void;
  /** Calls `handler` at Ctrl-C instead of ending the process; the returned function removes the handler. */
  readonly onInterrupt: (handler: () => void) => () => void;
  /** Prints a question to standard error and reads a line; `undefined` at the end of the input. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** True if somebody sits at a terminal and can answer. */
  readonly isInteractive?: boolean;
}

/** What a command gets from the program. */
export interface CommandContext extends Context {
  /** Knows every secret that the command has read. */
  readonly redactor: Redactor;
  readonly isVerbose: () => boolean;
  readonly exitWith: (code: ExitCode) => void;
}
