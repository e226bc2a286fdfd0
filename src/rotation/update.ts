import { KEY_PROPAGATION_MS } from "./api-key.ts";
import { RetryBudget } from "./backoff.ts";
import {
  type Connection,
  type ConnectionState,
  hasChanged,
  type PutRequest,
  type UpdateResponse,
} from "./connection.ts";
import type { ConnectionsApi, RunContext, SecretVersion } from "./dependencies.ts";
import { ConflictError, GuardError, RotationError, UnauthorizedError, UnknownResultError } from "./errors.ts";
import type { OutcomeDetails } from "./outcome.ts";
import { describePollResult } from "./polling/describe.ts";
import type { Poller, PollResult } from "./polling/poller.ts";
import { createReadinessCheck } from "./polling/verdict.ts";
import type { Secret } from "./secret.ts";

const MAX_CONFLICTS = 3;

/** How long a fault of the service may last before it is reported, in milliseconds: the alert should not wait for the end of the run. */
export const FAULT_RETRY_MS = 30_000;

export interface Lane {
  readonly context: RunContext;
  readonly api: ConnectionsApi;
  readonly poller: Poller;
  readonly readyTimeoutMs: number;
  readonly graceMs: number;
}

export interface UpdateRequest {
  readonly connection: Connection;
  readonly version: SecretVersion;
  /** The JSON object of `auth_data.data`. */
  readonly data: Secret;
  /** As seen just now; absent: to be looked at first. */
  readonly before?: ConnectionState;
}

/**
 * Puts one version of a secret into one connection and watches until there is a verdict.
 * @throws RotationError where it did not come to a PUT, or its fate stayed unknown.
 */
export async function updateConnection(lane: Lane, order: UpdateRequest): Promise<OutcomeDetails> {
  const { clock } = lane.context;
  lane.context.progress({ step: "put", connection: order.connection });
  const accepted = await put(lane, order);
  const startedAt = clock.now();
  let details: OutcomeDetails;
  try {
    details = describePollResult(await watchPatiently(lane, order, accepted));
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    details = {
      outcome: "unverified",
      errorClass: error.errorClass,
      message: `Put, but not verified: ${error.message}`,
    };
  }
  const { httpStatus, requestId } = accepted.receipt;
  return {
    httpStatus,
    ...(requestId !== undefined && { requestId }),
    ...details,
    secretVersionId: order.version.versionId,
    durationMs: clock.now() - startedAt,
  };
}

/** @throws GuardError, RotationError of class `not-found` */
export function assertMatchesConfig(
  connection: Connection,
  seen: ConnectionState | undefined,
): ConnectionState {
  const { name, environment, type, endpoint } = connection;
  if (seen === undefined) {
    throw new RotationError("not-found", `There is no connection ${name} in environment ${environment}.`, {
      httpStatus: 404,
    });
  }
  if (seen.connectionType.toUpperCase() !== type.toUpperCase()) {
    throw new GuardError(
      `${name} is of type ${seen.connectionType}, not ${type} as configured. Nothing was written.`,
      answerOf(seen),
    );
  }
  if (endpoint !== undefined && !sameEndpoint(endpoint, seen.endpoint)) {
    throw new GuardError(
      `${name} has the endpoint ${seen.endpoint}, not ${endpoint} as configured. Nothing was written.`,
      answerOf(seen),
    );
  }
  return seen;
}

function answerOf({ httpStatus, requestId }: ConnectionState): { httpStatus: number; requestId?: string } {
  return { httpStatus, ...(requestId !== undefined && { requestId }) };
}

function sameEndpoint(a: string, b: string): boolean {
  const normal = (endpoint: string) => (URL.parse(endpoint)?.href ?? endpoint).replace(/\/$/, "");
  return normal(a) === normal(b);
}

interface Accepted {
  readonly before: ConnectionState;
  readonly receipt: UpdateResponse;
}

async function put(lane: Lane, order: UpdateRequest): Promise<Accepted> {
  const budget = new RetryBudget(lane.context, FAULT_RETRY_MS);
  let before = assertMatchesConfig(
    order.connection,
    order.before ?? (await lane.api.get(order.connection.name)),
  );
  for (let conflicts = 0; ; ) {
    try {
      return { before, receipt: await lane.api.put(toUpdate(before, order.data)) };
    } catch (error) {
      if (error instanceof ConflictError && conflicts < MAX_CONFLICTS) {
        conflicts += 1;
        before = assertMatchesConfig(order.connection, await lane.api.get(before.name));
      } else if (error instanceof UnknownResultError) {
        const pauseMs = budget.nextDelayMs();
        if (pauseMs === undefined) throw error;
        await lane.context.clock.sleep(pauseMs);
        const after = await lookUp(lane, order, error);
        const mayBeApplied = error.response.httpStatus === undefined;
        if (mayBeApplied && hasChanged(before, after)) return { before, receipt: answerOf(after) };
        before = after;
      } else throw error;
    }
  }
}

/** What became of a PUT whose fate is unknown. @throws the `error` that left it unknown, where it stays so. */
async function lookUp(
  lane: Lane,
  { connection }: UpdateRequest,
  error: UnknownResultError,
): Promise<ConnectionState> {
  try {
    return assertMatchesConfig(connection, await lane.api.get(connection.name));
  } catch {
    throw error;
  }
}

function toUpdate(
  { name, connectionType, endpoint, resourceVersion }: ConnectionState,
  data: Secret,
): PutRequest {
  return { name, connectionType, endpoint, data, ...(resourceVersion !== undefined && { resourceVersion }) };
}

/** Watches; a young key that is refused is watched on for the grace, and put once more half-way, before that counts. */
async function watchPatiently(lane: Lane, order: UpdateRequest, accepted: Accepted): Promise<PollResult> {
  const { clock } = lane.context;
  const first = await watch(lane, order, { before: accepted.before, refusalCountsAt: clock.now() });
  const isYoung = clock.now() - order.version.createdAt < KEY_PROPAGATION_MS;
  if (first.verdict !== "refused" || !isYoung || lane.graceMs === 0) return first;
  const refusedAt = clock.now();
  const half = await watch(lane, order, {
    before: accepted.before,
    refusalCountsAt: refusedAt + lane.graceMs / 2,
  });
  if (half.verdict !== "refused") return half;
  const again = await put(lane, { connection: order.connection, version: order.version, data: order.data });
  return watch(lane, order, { before: again.before, refusalCountsAt: refusedAt + lane.graceMs });
}

function watch(
  { context, poller, readyTimeoutMs }: Lane,
  { connection }: UpdateRequest,
  { before, refusalCountsAt }: { before: ConnectionState; refusalCountsAt: number },
): Promise<PollResult> {
  const patientUntil = Math.max(context.clock.now() + readyTimeoutMs, refusalCountsAt + readyTimeoutMs / 3);
  return poller.waitUntilSettled({
    name: connection.name,
    check: createReadinessCheck({ before, refusalCountsAt, readyTimeoutMs }),
    untilAt: Math.min(patientUntil, context.deadlineAt),
    onPhase: (phase) => context.progress({ step: "seen", connection, phase }),
  });
}
