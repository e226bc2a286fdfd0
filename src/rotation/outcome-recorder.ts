import type { Connection } from "./connection.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import { OutOfTimeError } from "./errors.ts";
import { detailsOf, isKeyRefused, type Outcome, type OutcomeDetails, toOutcome } from "./outcome.ts";
import { type ShownTexts, TextResolver, withhold } from "./text-resolver.ts";

interface Recorded {
  readonly details: OutcomeDetails;
  readonly version: SecretVersion | undefined;
  /** Absent while its texts wait for AWSPREVIOUS to be read. */
  outcome?: Outcome;
}

const LATE: OutcomeDetails = {
  ...detailsOf(new OutOfTimeError("The run's time was up before the outcome was known.")),
  holds: "unknown",
};

/** Collects one outcome for each connection of a run, and reports each as soon as it is known. */
export class OutcomeRecorder {
  readonly #context: RunContext;
  readonly #texts: TextResolver;
  readonly #recorded = new Map<Connection, Recorded>();
  readonly #resolving: Promise<void>[] = [];
  readonly #closed = new AbortController();

  constructor(context: RunContext) {
    this.#context = context;
    this.#texts = new TextResolver(context, this.closed);
  }

  /** Aborts when the run is over; what is recorded after that is ignored. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  record(connection: Connection, details: OutcomeDetails, version?: SecretVersion): void {
    if (this.closed.aborted) return;
    const recorded = { details, version };
    this.#recorded.set(connection, recorded);
    const texts = this.#texts.resolveKnown(details);
    if (texts === undefined || isKeyRefused(details))
      this.#resolving.push(this.#reportResolved(connection, recorded));
    else this.#report(connection, recorded, texts);
  }

  /** What was recorded last. */
  recorded(connection: Connection): Pick<Recorded, "details" | "version"> | undefined {
    return this.#recorded.get(connection);
  }

  /** Removes an outcome that is out of date because a newer version is being put. */
  retract(connection: Connection): void {
    this.#recorded.delete(connection);
  }

  /** Starts to read the version that the connections hold until `version` is put. */
  readBefore(connections: readonly Connection[], version: SecretVersion): void {
    for (const { secret } of connections) this.#texts.readBefore(secret, version);
  }

  /** Starts to read AWSPREVIOUS for each connection without an outcome, since its outcome may have texts. */
  prepareTexts(connections: readonly Connection[]): void {
    for (const connection of connections)
      if (!this.#recorded.has(connection)) this.#texts.prepare(connection.secret);
  }

  /** Resolves when every recorded outcome is reported. */
  async reported(): Promise<void> {
    await Promise.all(this.#resolving);
  }

  /** Ends the run. @returns one outcome for each of the connections, in their order. */
  close(connections: readonly Connection[]): readonly Outcome[] {
    const outcomes = connections.map((connection) => {
      const recorded: Recorded = this.#recorded.get(connection) ?? { details: LATE, version: undefined };
      return recorded.outcome ?? this.#report(connection, recorded, withhold(recorded.details));
    });
    this.#closed.abort();
    return outcomes;
  }

  async #reportResolved(connection: Connection, recorded: Recorded): Promise<void> {
    const { details, version } = recorded;
    const [texts, previousVersionId] = await Promise.all([
      this.#texts.resolve(details, connection, version),
      isKeyRefused(details) ? this.#texts.previousVersionId(connection.secret, version) : undefined,
    ]);
    if (this.closed.aborted || this.#recorded.get(connection) !== recorded) return;
    this.#report(connection, recorded, texts, previousVersionId === undefined ? {} : { previousVersionId });
  }

  #report(
    connection: Connection,
    recorded: Recorded,
    texts: ShownTexts,
    previous: Pick<Outcome, "previousVersionId"> = {},
  ): Outcome {
    const { message: _message, detail: _detail, requestId: _requestId, ...facts } = recorded.details;
    const outcome = toOutcome(connection, { ...facts, ...previous, ...texts });
    recorded.outcome = outcome;
    const secretCreatedAt = recorded.version && { secretCreatedAt: recorded.version.createdAt };
    this.#context.progress({ step: "done", connection, outcome, ...secretCreatedAt });
    return outcome;
  }
}
