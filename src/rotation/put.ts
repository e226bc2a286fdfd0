import { RetryBudget } from "./backoff.ts";
import { assertMatchesConfig, responseOf } from "./config-match.ts";
import { type ConnectionState, hasChanged, type PutRequest, type UpdateResponse } from "./connection.ts";
import type { RunContext } from "./dependencies.ts";
import type { EnvironmentSession } from "./environment.ts";
import { ConflictError, GuardError, RotationError, SupersededError, UnknownResultError } from "./errors.ts";
import type { UpdateRequest } from "./update.ts";

/** After this many conflicts, the connection is put without `resource_version`. */
const MAX_CONFLICTS = 3;

/** How long a fault of the service may last before it is reported, in milliseconds: the alert should not wait for the end of the run. */
export const FAULT_RETRY_MS = 30_000;

export interface AcceptedPut {
  /** The state before the PUT. */
  readonly before: ConnectionState;
  readonly response: UpdateResponse;
}

/**
 * Puts one version into one connection. The PUT contains the `resource_version` that was read, so that it does not overwrite
 * the change of another client. If the service does not accept that, the PUT is sent once without `metadata`, as Confluent's
 * own clients send it.
 */
export class PutAttempt {
  readonly #context: RunContext;
  readonly #session: EnvironmentSession;
  readonly #request: UpdateRequest;
  readonly #budget: RetryBudget;
  #conflicts = 0;
  #sendsMetadata: boolean;
  #sentMetadata: boolean | undefined;
  #mayBeApplied = false;

  constructor(context: RunContext, session: EnvironmentSession, request: UpdateRequest) {
    this.#context = context;
    this.#session = session;
    this.#request = request;
    this.#budget = new RetryBudget(context, FAULT_RETRY_MS);
    this.#sendsMetadata = session.sendsMetadata;
  }

  /** False if the service has certainly applied no PUT. */
  get mayBeApplied(): boolean {
    return this.#mayBeApplied;
  }

  /** @throws RotationError if the PUT was not accepted, or if it is not known whether it was. */
  async send(): Promise<AcceptedPut> {
    const { before: known, connection } = this.#request;
    const isFirst = !this.#session.wasPut(connection);
    const isComplete = known !== undefined && known.endpoint !== "";
    let before = isComplete ? assertMatchesConfig(connection, known) : await this.#readFirst();
    for (;;) {
      try {
        const response = await this.#session.api.put(this.#toPutRequest(before));
        this.#mayBeApplied = true;
        this.#rememberForm(before);
        return { before, response };
      } catch (error) {
        const after = await this.#readBeforeRetry(error);
        const isAnswerLost = error instanceof UnknownResultError && (error.response.httpStatus ?? 200) < 300;
        // A change may be due to an earlier PUT of this run.
        if (isFirst && isAnswerLost && hasChanged(before, after))
          return { before, response: responseOf(after) };
        before = after;
      }
    }
  }

  /** The state with which the PUT is sent again. @throws the error itself, or a reason why it must not be sent again. */
  async #readBeforeRetry(error: unknown): Promise<ConnectionState> {
    // An error that is not expected says nothing about the PUT.
    this.#mayBeApplied ||= error instanceof UnknownResultError || !(error instanceof RotationError);
    if (error instanceof UnknownResultError) {
      await this.#pause(error);
      const state = await this.#read().catch(() => {
        throw error;
      });
      await this.#assertCurrent();
      return state;
    }
    if (error instanceof ConflictError && this.#conflicts < MAX_CONFLICTS) {
      this.#conflicts += 1;
      if (this.#conflicts === MAX_CONFLICTS) this.#sendsMetadata = false;
      await this.#pause(error);
    } else {
      const isRefused = error instanceof RotationError && error.errorClass === "rejected";
      if (!isRefused || !this.#sentMetadata) throw error;
      this.#sendsMetadata = false;
    }
    const state = await this.#read();
    await this.#assertCurrent();
    return state;
  }

  async #readFirst(): Promise<ConnectionState> {
    const state = await this.#read();
    await this.#assertCurrent().catch(ignoreUnlessSuperseded);
    return state;
  }

  /** Called after the state is read: otherwise another run could put a newer version in between, which this PUT would replace. */
  #assertCurrent(): Promise<void> {
    return this.#request.assertCurrent(0);
  }

  async #pause(error: RotationError): Promise<void> {
    const delayMs = this.#budget.nextDelayMs();
    if (delayMs === undefined) throw error;
    await this.#context.clock.sleep(delayMs);
  }

  /** Reads everything that a PUT must repeat: an item of a list may lack the endpoint. An outdated state is read again. */
  async #read(): Promise<ConnectionState> {
    const { connection } = this.#request;
    const state = assertMatchesConfig(connection, await this.#session.api.get(connection.name));
    const history = this.#session.history(connection);
    const delayMs = history.isOutdated(state) ? this.#budget.nextDelayMs() : undefined;
    if (delayMs !== undefined) {
      await this.#context.clock.sleep(delayMs);
      return this.#read();
    }
    history.add(state);
    if (state.endpoint !== "") return state;
    throw new GuardError(
      `Confluent shows no endpoint for ${connection.name}, and a PUT must repeat it. Nothing was written.`,
      responseOf(state),
    );
  }

  #toPutRequest({ connectionType, endpoint, resourceVersion }: ConnectionState): PutRequest {
    const { connection, data } = this.#request;
    this.#session.recordPut(connection, this.#context.clock.now());
    const metadata = this.#sendsMetadata && resourceVersion !== undefined && { resourceVersion };
    this.#sentMetadata = metadata !== false;
    return { name: connection.name, connectionType, endpoint, data, ...metadata };
  }

  #rememberForm({ resourceVersion }: ConnectionState): void {
    if (this.#sendsMetadata || !this.#session.sendsMetadata || resourceVersion === undefined) return;
    this.#session.sendsMetadata = false;
    this.#context.log.note(
      "Confluent accepts a PUT only without metadata, so this run sends none to this environment.",
      {
        environment: this.#request.connection.environment,
      },
    );
  }
}

export function ignoreUnlessSuperseded(error: unknown): void {
  if (error instanceof SupersededError) throw error;
}
