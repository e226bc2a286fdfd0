import type { ConnectionState } from "./connection.ts";
import type { RunContext } from "./dependencies.ts";
import type { EnvironmentSession } from "./environment.ts";
import { RotationError, UnauthorizedError } from "./errors.ts";
import type { PhaseResult } from "./polling/describe.ts";
import type { PollCheck, PollResult } from "./polling/poller.ts";
import { type LastReadCheck, ReadinessCheck } from "./polling/verdict.ts";
import type { AcceptedPut } from "./put.ts";
import type { UpdateRequest } from "./update.ts";

/** How long the last read of a connection may take, in milliseconds. */
const LAST_READ_MS = 15_000;

/** Waits for the phase of one connection after one PUT. */
export class PhaseWait {
  readonly #context: RunContext;
  readonly #session: EnvironmentSession;
  readonly #request: UpdateRequest;
  readonly #before: ConnectionState;
  readonly #check: ReadinessCheck;
  readonly #putAt: number;
  #seen: ConnectionState | undefined;

  constructor(
    context: RunContext,
    session: EnvironmentSession,
    request: UpdateRequest,
    { before }: AcceptedPut,
  ) {
    const { confirmMs, readyTimeoutMs } = context.settings;
    this.#context = context;
    this.#session = session;
    this.#request = request;
    this.#before = before;
    this.#putAt = context.clock.now();
    this.#check = new ReadinessCheck({
      before,
      history: session.history(request.connection),
      putAt: this.#putAt,
      confirmMs,
      readyTimeoutMs,
      isKeyProven: request.isKeyProven,
    });
  }

  /** True if the service has judged this PUT: the connection has changed, and so has its phase. */
  get hasJudged(): boolean {
    return this.#check.hasJudged;
  }

  /**
   * Resolves with the verdict, or without one at `untilAt`. A refusal counts from `refusalCountsAt` onwards.
   * READY of a connection that shows no change must be confirmed by a GET, since a list may be cached.
   * @throws UnauthorizedError if the rotator's Confluent API key is refused.
   */
  async verdict(untilAt: number, refusalCountsAt = 0): Promise<PhaseResult> {
    this.#check.refusalCountsAt = refusalCountsAt;
    for (;;) {
      const result = this.#toPhaseResult(await this.#poll(this.#check, untilAt, this.#putAt));
      if (result.verdict !== "ready" || result.hasChanged) return result;
      const confirmed = await this.#confirmByGet();
      if (confirmed !== undefined) return this.#toPhaseResult(confirmed);
    }
  }

  /** Reads a connection again whose READY the service may have revoked. */
  async lastRead(check: LastReadCheck): Promise<PhaseResult> {
    const { clock, deadlineAt } = this.#context;
    const untilAt = Math.min(clock.now() + LAST_READ_MS, deadlineAt);
    this.#seen = undefined;
    return this.#toPhaseResult(await this.#poll(check, untilAt, clock.now()));
  }

  #poll(check: PollCheck, untilAt: number, startedAt: number): Promise<PollResult> {
    const { connection } = this.#request;
    const onPhase = (phase: string) => this.#context.progress({ step: "seen", connection, phase });
    return this.#session.poller.waitUntilSettled({
      name: connection.name,
      check,
      startedAt,
      untilAt,
      onPhase,
    });
  }

  async #confirmByGet(): Promise<PollResult | undefined> {
    try {
      const state = await this.#session.api.get(this.#request.connection.name);
      const verdict = state && this.#check.verdictOn(state, this.#context.clock.now());
      if (state === undefined || verdict === undefined || verdict === "outdated") return undefined;
      return { verdict, state };
    } catch (error) {
      if (!(error instanceof RotationError) || error instanceof UnauthorizedError) throw error;
      return undefined;
    }
  }

  #toPhaseResult(result: PollResult): PhaseResult {
    this.#seen = result.state ?? this.#seen;
    const state = this.#seen && { state: this.#seen };
    return { ...result, ...state, wasSilent: this.#check.wasSilent, hasChanged: this.#hasChanged };
  }

  /** True also if the service never shows whether anything has changed. */
  get #hasChanged(): boolean {
    const { resourceVersion, updatedAt } = this.#before;
    return this.#check.hasChanged || (resourceVersion === undefined && updatedAt === undefined);
  }
}
