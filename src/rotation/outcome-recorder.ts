import type { Connection } from "./connection.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import { OutOfTimeError } from "./errors.ts";
import { detailsOf, type Outcome, type OutcomeDetails, toOutcome } from "./outcome.ts";
import { type ShownTexts, TextResolver, withhold } from "./text-resolver.ts";

interface Recorded {
  readonly details: OutcomeDetails;
  readonly version: SecretVersion | undefined;
  /** Absent while its texts wait for AWSPREVIOUS to be read. */
  outcome?: Outcome;
}

/** Collects one outcome for each connection of a run, and reports each as soon as it is known. */
export class OutcomeRecorder {
  readonly #context: RunContext;
  readonly #texts: TextResolver;
  readonly #recorded = new Map<Connection, Recorded>();
  readonly #resolving = new Set<Promise<void>>();
  readonly #closed = new AbortController();

  constructor(context: RunContext) {
    this.#context = context;
    this.#texts = new TextResolver(context);
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
    if (texts === undefined || isRefused(details)) this.#reportResolved(connection, recorded);
    else this.#report(connection, recorded, texts);
  }

  /** What was recorded last. */
  recorded(connection: Connection): Pick<Recorded, "details" | "version"> | undefined {
    return this.#recorded.get(connection);
  }

  /** Removes an outcome that no longer holds, since a newer version is put. */
  retract(connection: Connection): void {
    if (!this.closed.aborted) this.#recorded.delete(connection);
  }

  /** Starts to read AWSPREVIOUS for each connection without an outcome, since its outcome may have texts. */
  prepareTexts(connections: readonly Connection[]): void {
    for (const connection of connections)
      if (!this.#recorded.has(connection)) this.#texts.prepare(connection.secret);
  }

  /** Resolves when each outcome that was recorded is reported. */
  async reported(): Promise<void> {
    await Promise.all(this.#resolving);
  }

  /** Ends the run. @returns one outcome for each of the connections, in their order. */
  close(connections: readonly Connection[]): readonly Outcome[] {
    const late = {
      ...detailsOf(new OutOfTimeError("The run's time was up before the outcome was known.")),
      holds: "unknown",
    } as const;
    for (const connection of connections) {
      if (!this.#recorded.has(connection)) this.record(connection, late);
      const recorded = this.#recorded.get(connection);
      if (recorded !== undefined && recorded.outcome === undefined)
        this.#report(connection, recorded, withhold(recorded.details));
    }
    this.#closed.abort();
    return connections.flatMap((connection) => this.#recorded.get(connection)?.outcome ?? []);
  }

  #reportResolved(connection: Connection, recorded: Recorded): void {
    const { details, version } = recorded;
    const previousId = isRefused(details) ? this.#texts.previousVersionId(connection.secret) : undefined;
    const resolving = Promise.all([this.#texts.resolve(details, connection, version), previousId])
      .then(([texts, previousVersionId]) =>
        this.#report(
          connection,
          recorded,
          texts,
          previousVersionId === undefined ? {} : { previousVersionId },
        ),
      )
      .finally(() => this.#resolving.delete(resolving));
    this.#resolving.add(resolving);
  }

  #report(
    connection: Connection,
    recorded: Recorded,
    texts: ShownTexts,
    previous: Pick<Outcome, "previousVersionId"> = {},
  ): void {
    if (this.closed.aborted || this.#recorded.get(connection) !== recorded) return;
    const { message: _message, detail: _detail, requestId: _requestId, ...facts } = recorded.details;
    const outcome = toOutcome(connection, { ...facts, ...previous, ...texts });
    recorded.outcome = outcome;
    const secretCreatedAt = recorded.version && { secretCreatedAt: recorded.version.createdAt };
    this.#context.progress({ step: "done", connection, outcome, ...secretCreatedAt });
  }
}

/** True if the connection holds a refused key, which the version before it may replace. */
function isRefused({ outcome, evidence }: OutcomeDetails): boolean {
  return outcome === "failed" && (evidence?.phase === "refused" || evidence?.statement === "refused");
}
