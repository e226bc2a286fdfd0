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
