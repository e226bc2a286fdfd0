import type { Text, UntrustedText } from "./untrusted-text.ts";

/** The classes that a failure is reported in. */
export const ERROR_CLASSES = [
  "config",
  "secret",
  "guard",
  "not-found",
  "unauthorized",
  "rejected",
  "unreachable",
  "throttled",
  "service",
  "timeout",
  "superseded",
  "internal",
] as const;

export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** What is known of the response behind an error; never a body or header that was sent. */
export interface ResponseInfo {
  readonly httpStatus?: number;
  readonly requestId?: UntrustedText;
  readonly detail?: UntrustedText;
  /** What the operator should do, if the error class alone does not say it. */
  readonly nextStep?: string;
}

/** A failure that belongs to one connection, or to one environment, and is reported as its outcome. */
export class RotationError extends Error {
  override readonly name: string = "RotationError";
  readonly errorClass: ErrorClass;
  readonly response: ResponseInfo;
  /** The message; if it contains text from outside, `message` has it without that. */
  readonly text: Text;

  constructor(errorClass: ErrorClass, message: Text, response: ResponseInfo = {}, options?: ErrorOptions) {
    super(String(message), options);
    this.text = message;
    this.errorClass = errorClass;
    this.response = response;
  }
}

/** The secret cannot be used: unreadable, empty, malformed, or a field is missing. Carries no cause: it could quote the value. */
export class SecretError extends RotationError {
  override readonly name: string = "SecretError";

  constructor(message: string, response?: Pick<ResponseInfo, "nextStep">) {
    super("secret", message, response);
  }
}

/**
 * How the message of a SecretError begins if the secret is that of the rotator's Confluent API key. Only this tells it from
 * other secrets in a report, which a fleet's alert is made from.
 */
export const UNREADABLE_API_KEY = "Cannot read the rotator's Confluent API key";

/** The secret is a replica, whose labels only the primary secret in its own region can change. */
export class ReplicaError extends SecretError {
  override readonly name = "ReplicaError";
}

/** The live connection differs from the configuration; nothing was written. */
export class GuardError extends RotationError {
  override readonly name = "GuardError";

  constructor(message: Text, response?: ResponseInfo) {
    super("guard", message, response);
  }
}

/** Confluent refused the rotator's API key (401, 403). A 401 may be temporary: a fresh key needs minutes. */
export class UnauthorizedError extends RotationError {
  override readonly name = "UnauthorizedError";

  constructor(message: string, response: ResponseInfo) {
    super("unauthorized", message, response);
  }
}

/** The PUT was based on an older version of the connection (409, 412): read it again, then put again. */
export class ConflictError extends RotationError {
  override readonly name = "ConflictError";

  constructor(response: ResponseInfo) {
    super("service", "Another client changed the connection at the same time.", response);
  }
}

/** The time was up before the request was sent, so it changed nothing. */
export class OutOfTimeError extends RotationError {
  override readonly name = "OutOfTimeError";

  constructor(message = "The run's time was up before it was this connection's turn.") {
    super("timeout", message);
  }
}

/** The PUT may or may not have been applied: the connection must be read before it is put again. */
export class UnknownResultError extends RotationError {
  override readonly name = "UnknownResultError";
}

/** A newer version of the secret has become AWSCURRENT, so this one was not put. */
export class SupersededError extends RotationError {
  override readonly name = "SupersededError";

  constructor() {
    super("superseded", "A newer version of the secret appeared, so this one was not put.");
  }
}

// The errors below reach the platform's log, which prints the name of the class; minifying would change it.

/** connections.json or an environment variable is invalid; nothing was read or sent. The message lists every issue. */
export class ConfigError extends Error {
  static override readonly name = "ConfigError";
  override readonly name = "ConfigError";
  /** What is invalid, such as the name of a file. */
  readonly place: string;
  readonly issues: readonly string[];
  readonly source: "file" | "variable";

  constructor(place: string, issues: readonly string[], source: ConfigError["source"] = "file") {
    const count = issues.length === 1 ? "a problem" : `${issues.length} problems`;
    super(`${place} has ${count}:\n${issues.map((issue) => `  - ${issue}`).join("\n")}`);
    this.place = place;
    this.issues = issues;
    this.source = source;
  }
}

/** The event is not supported; nothing was read or sent. */
export class EventError extends Error {
  static override readonly name = "EventError";
  override readonly name = "EventError";
}

/** A scheduled or event run did not succeed. Thrown after the alert, so that whoever waits for the run sees it. */
export class RotationFailedError extends Error {
  static override readonly name = "RotationFailedError";
  override readonly name = "RotationFailedError";
}
