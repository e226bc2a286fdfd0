import type { Redactor } from "../rotation/redact.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { AwsChoice } from "./aws-environment.ts";

export const EXIT = { ok: 0, failed: 1, usage: 2, unverified: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The outside world of the program, apart from the adapters. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For the result only. */
  readonly out: Terminal;
  /** For progress, notes and errors. */
  readonly err: Terminal;
  /** Sets the profile or region of AWS clients that are created later. */
  readonly useAws: (choice: AwsChoice) => void;
  /** Makes Ctrl-C call `handler` instead of ending the process. @returns a function that removes the handler. */
  readonly onInterrupt: (handler: () => void) => () => void;
  /** Prints a question to standard error and reads a line; `undefined` at the end of the input. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** True if a person at a terminal can answer. */
  readonly isInteractive: boolean;
}

/** The context of a command. */
export interface CommandContext extends Context {
  /** Knows every secret that the command has read. */
  readonly redactor: Redactor;
  readonly isVerbose: () => boolean;
  readonly exitWith: (code: ExitCode) => void;
}
