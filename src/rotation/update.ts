import { KEY_PROPAGATION_MS } from "./api-key.ts";
import type { Connection, ConnectionState } from "./connection.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import type { EnvironmentSession } from "./environment.ts";
import { type RotationError, SupersededError } from "./errors.ts";
import { detailsOf, evidenceOfPhase, type OutcomeDetails, toRotationError } from "./outcome.ts";
import { PhaseWait } from "./phase-wait.ts";
import { describePhase, type PhaseResult } from "./polling/describe.ts";
import { LastReadCheck } from "./polling/verdict.ts";
import { type AcceptedPut, ignoreUnlessSuperseded, PutAttempt } from "./put.ts";
import type { Secret } from "./secret.ts";
import { verifyByStatement } from "./statements/verification.ts";
import { UntrustedText } from "./untrusted-text.ts";

/** How often AWSCURRENT is read during the grace period of a young key, in milliseconds. */
const CURRENT_CHECK_MS = 5_000;

/** One version of a secret for one connection. */
export interface UpdateRequest {
  readonly connection: Connection;
  readonly version: SecretVersion;
  /** The JSON object of `auth_data.data`. */
  readonly data: Secret;
  /** The state that was just read; if absent, it is read first. */
  readonly before?: ConnectionState;
  /** True if another connection has shown that the key works. */
  readonly isKeyProven: boolean;
  /**
   * @param maxAgeMs how old the read of AWSCURRENT may be.
   * @throws SupersededError if the version must no longer be put because a newer one is AWSCURRENT.
   */
  readonly assertCurrent: (maxAgeMs?: number) => Promise<void>;
}

export interface UpdateResult {
  readonly details: OutcomeDetails;
  /** False if the connection certainly does not hold the version. */
  readonly mayHoldVersion: boolean;
  /**
   * Reads the phase once more. Set if the service may still revoke READY, since no other phase was seen before it.
   * @returns the new outcome if the service has revoked READY.
   */
  readonly readAgain?: () => Promise<OutcomeDetails | undefined>;
}

/** Puts one version into one connection and waits for the verdict. Never rejects: an error is an outcome. */
export async function updateConnection(
  context: RunContext,
  session: EnvironmentSession,
  request: UpdateRequest,
): Promise<UpdateResult> {
  const attempt = new PutAttempt(context, session, request);
  try {
    context.progress({ step: "put", connection: request.connection });
    const judged = await new Update(context, session, request, await attempt.send()).settle();
    return await verifyByStatement(context, session, request, judged);
  } catch (error) {
    const failure = toRotationError(context, error);
    const mayHoldVersion = attempt.mayBeApplied;
    return { details: mayHoldVersion ? attemptedDetails(failure) : detailsOf(failure), mayHoldVersion };
  }
}

/** The outcome if an earlier PUT of the same update may have been applied. */
function attemptedDetails(failure: RotationError): OutcomeDetails {
  const details = detailsOf(failure);
  if (details.outcome !== "not-attempted") return details;
  const message = UntrustedText.sentence`${failure.text} Whether an earlier PUT was applied is not known.`;
  return { ...details, outcome: "failed", message };
}

/** An accepted PUT until its verdict. */
class Update {
  readonly #context: RunContext;
  readonly #session: EnvironmentSession;
  readonly #request: UpdateRequest;
  readonly #accepted: AcceptedPut;
  readonly #startedAt: number;
  #wait: PhaseWait;

  constructor(
    context: RunContext,
    session: EnvironmentSession,
    request: UpdateRequest,
    accepted: AcceptedPut,
  ) {
    this.#context = context;
    this.#session = session;
    this.#request = request;
    this.#accepted = accepted;
    this.#startedAt = context.clock.now();
    this.#wait = new PhaseWait(context, session, request, accepted);
  }

  async settle(): Promise<UpdateResult> {
    const details = await this.#details(this.#wait.verdict(this.#readyUntil()));
    const isFinal = details.outcome !== "ready" || this.#wait.hasJudged;
    const readAgain = () => this.#readAgain();
    return { details, mayHoldVersion: true, ...(!isFinal && { readAgain }) };
  }

  /** READY stands unless a refusal is read. A refusal counts even if all later reads fail. */
  async #readAgain(): Promise<OutcomeDetails | undefined> {
    const check = new LastReadCheck(this.#session.history(this.#request.connection));
    const details = await this.#details(this.#wait.lastRead(check));
    return check.wasRefused && details.outcome !== "ready" ? details : undefined;
  }

  async #details(phase: Promise<PhaseResult>): Promise<OutcomeDetails> {
    const { settings, clock } = this.#context;
    const details = await phase
      .then((result) => this.#afterGrace(result))
      .then((result) => describePhase(result, settings.require))
      .catch((error: unknown) => this.#unverified(error));
    return {
      ...this.#accepted.response,
      ...details,
      secretVersionId: this.#request.version.versionId,
      durationMs: clock.now() - this.#startedAt,
    };
  }

  #unverified(error: unknown): OutcomeDetails {
    const { errorClass, text } = toRotationError(this.#context, error);
    return {
      outcome: error instanceof SupersededError ? "failed" : "unverified",
      errorClass,
      message: UntrustedText.sentence`The key was sent, but not verified: ${text}`,
      evidence: evidenceOfPhase("unsettled"),
    };
  }

  /** A young key may be refused at first: waits for the grace period, and sends it once more halfway. */
  async #afterGrace(first: PhaseResult): Promise<PhaseResult> {
    const { clock, settings } = this.#context;
    const refusedAt = clock.now();
    const isYoung = refusedAt - this.#request.version.createdAt < KEY_PROPAGATION_MS;
    if (first.verdict !== "refused" || !isYoung || settings.graceMs === 0) return first;
    const halfway = await this.#waitForRefusal(refusedAt + settings.graceMs / 2);
    if (halfway.verdict !== "refused") return halfway;
    await this.#putAgain();
    return this.#waitForRefusal(refusedAt + settings.graceMs);
  }

  /** Waits until a refusal counts. @throws SupersededError as soon as a newer version of the secret appears. */
  async #waitForRefusal(countsAt: number): Promise<PhaseResult> {
    const { clock, settings, deadlineAt } = this.#context;
    const until = Math.max(this.#readyUntil(), countsAt + settings.readyTimeoutMs / 3);
    for (;;) {
      const untilAt = Math.min(until, deadlineAt, clock.now() + CURRENT_CHECK_MS);
      const result = await this.#wait.verdict(untilAt, countsAt);
      if (result.verdict !== undefined || clock.now() >= Math.min(until, deadlineAt)) return result;
      await this.#request.assertCurrent().catch(ignoreUnlessSuperseded);
    }
  }

  /** If the second PUT fails, the first one is still waited for. */
  async #putAgain(): Promise<void> {
    const { before: _, ...request } = this.#request;
    try {
      const again = await new PutAttempt(this.#context, this.#session, request).send();
      this.#wait = new PhaseWait(this.#context, this.#session, request, again);
    } catch (error) {
      ignoreUnlessSuperseded(error);
    }
  }

  #readyUntil(): number {
    const { clock, settings, deadlineAt } = this.#context;
    return Math.min(clock.now() + settings.readyTimeoutMs, deadlineAt);
  }
}
