import type { Connection } from "./connection.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import { OutOfTimeError } from "./errors.ts";
import { detailsOf, type Outcome, type OutcomeDetails, toOutcome } from "./outcome.ts";

/** Collects one outcome for each connection of a run, and reports each as soon as it is known. */
export class OutcomeRecorder {
  readonly #context: RunContext;
  readonly #outcomes = new Map<Connection, Outcome>();
  readonly #closed = new AbortController();

  constructor(context: RunContext) {
    this.#context = context;
  }

  /** Aborts when the run is over; what is recorded after that is ignored. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  record(connection: Connection, details: OutcomeDetails, version?: SecretVersion): void {
    if (this.closed.aborted) return;
    const outcome = redacted(toOutcome(connection, details), this.#context);
    this.#outcomes.set(connection, outcome);
    const secretCreatedAt = version && { secretCreatedAt: version.createdAt };
    this.#context.progress({ step: "done", connection, outcome, ...secretCreatedAt });
  }

  /** Removes an outcome that no longer holds, since a newer version is put. */
  retract(connection: Connection): void {
    if (!this.closed.aborted) this.#outcomes.delete(connection);
  }

  /** Ends the run. @returns one outcome for each of the connections, in their order. */
  close(connections: readonly Connection[]): readonly Outcome[] {
    const late = detailsOf(new OutOfTimeError("The run's time was up before the outcome was known."));
    for (const connection of connections) if (!this.#outcomes.has(connection)) this.record(connection, late);
    this.#closed.abort();
    return connections.flatMap((connection) => this.#outcomes.get(connection) ?? []);
  }
}

/** Removes secrets and control characters from texts that a server may have sent. */
function redacted(outcome: Outcome, { redactor }: RunContext): Outcome {
  const { message, detail, requestId } = outcome;
  const texts = Object.entries({ message, detail, requestId });
  const clean = texts.flatMap(([key, text]) =>
    text === undefined ? [] : [[key, redactor.redact(text).replace(CONTROL_CHARACTERS, " ")]],
  );
  return { ...outcome, ...Object.fromEntries(clean) };
}

/** A line break in a text from outside could forge a line of the alert. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]+/gu;
