/** The command line cannot be executed. `hint` says what to do instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** Ctrl-C was pressed twice. The message names the connections whose update was in progress. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** A called service failed or did not answer, and may have carried out the request. */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly errorClass: "unreachable" | "internal";
  readonly hint: string;

  constructor(errorClass: CallError["errorClass"], message: string, hint: string) {
    super(message);
    this.errorClass = errorClass;
    this.hint = hint;
  }
}
