/** The command line asks for something that cannot be done. `hint` says what to do instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** Somebody asked twice to stop; the message names what was under way. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}
