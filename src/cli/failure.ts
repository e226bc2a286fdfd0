import { ConfigError, EventError, RotationError } from "../rotation/errors.ts";
import type { TextRedactor } from "../rotation/untrusted-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { configArgument } from "./config-argument.ts";
import { type Context, EXIT, type ExitCode } from "./context.ts";
import { CallError, InterruptedError, UsageError } from "./errors.ts";
import { PROGRAM } from "./program-name.ts";

/** Why a command failed, for a person or a program. */
export interface Failure {
  readonly code: ExitCode;
  /** An error class of the report, or `usage` or `interrupted`. */
  readonly class: string;
  readonly message: string;
  /** In the words of the service, without secrets. */
  readonly detail?: string;
  readonly requestId?: string;
  readonly nextStep: string;
  /** Each fault of connections.json. */
  readonly issues?: readonly string[];
}

interface FailureContext extends Pick<Context, "env"> {
  readonly redactor: TextRedactor;
}

export function toFailure(error: unknown, { redactor, env }: FailureContext): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) return { code: EXIT.usage, class: "usage", message, nextStep: error.hint };
  if (error instanceof CallError)
    return { code: EXIT.failed, class: error.errorClass, message, nextStep: error.hint };
  if (error instanceof ConfigError) {
    const step =
      error.source === "file"
        ? `Correct the file, then run: ${PROGRAM} check${configArgument(error.place, { env })}`
        : "Correct the variable, or unset it.";
    const nextStep = `Nothing was read or sent. ${step}`;
    return { code: EXIT.usage, class: "config", message, nextStep, issues: error.issues };
  }
  if (error instanceof EventError)
    return { code: EXIT.usage, class: "usage", message, nextStep: "Nothing was read or sent." };
  if (error instanceof RotationError) return toServiceFailure(error, redactor);
  if (error instanceof InterruptedError) {
    const nextStep = `To see the state of the connections, run: ${PROGRAM} status`;
    return { code: EXIT.interrupted, class: "interrupted", message, nextStep };
  }
  const nextStep = "Run it again with --verbose to see the stack trace.";
  return { code: EXIT.failed, class: "internal", message, nextStep };
}

function toServiceFailure({ errorClass, text, response }: RotationError, redactor: TextRedactor): Failure {
  const { nextStep = "Check the ids, the address and the secrets in the message." } = response;
  const detail = response.detail?.redactWith(redactor);
  const requestId = response.requestId?.redactWith(redactor);
  return {
    code: EXIT.failed,
    class: errorClass,
    message: typeof text === "string" ? text : text.redactWith(redactor),
    ...(detail && { detail }),
    ...(requestId && { requestId }),
    nextStep: `${nextStep} Nothing was written.`,
  };
}

/** What happened and what to do, as lines. */
export function failureLines(
  terminal: Terminal,
  { message, detail, requestId, nextStep }: Failure,
): string[] {
  const facts = [detail, requestId && `Request id ${requestId}.`, nextStep];
  return [
    ...terminal.wrap(`${terminal.paint("red", "Error:")} ${message}`),
    ...facts.flatMap((fact) => (fact ? terminal.wrap(fact) : [])),
  ];
}

/** The JSON that `--json` writes instead of a result. */
export function failureJson({ code: _code, ...error }: Failure): string {
  return JSON.stringify({ error }, null, 2);
}
