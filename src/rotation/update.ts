import { YOUNG_MS } from "./api-key.ts";
import { Patience } from "./backoff.ts";
import { type Connection, hasMoved, type Observation, type Receipt, type Update } from "./connection.ts";
import type { ConnectionsApi, Outside, SecretVersion } from "./dependencies.ts";
import { ConflictError, GuardError, RotationError, UnauthorizedError, UnknownFateError } from "./errors.ts";
import type { Finding } from "./outcome.ts";
import { describeWatched } from "./polling/describe.ts";
import type { Watched, Watcher } from "./polling/poller.ts";
import { createJudge } from "./polling/verdict.ts";
import type { Secret } from "./secret.ts";

const MAX_CONFLICTS = 3;

/** How long a fault of the service may last before it is reported, in milliseconds: the alert should not wait for the end of the run. */
export const FAULT_PATIENCE_MS = 30_000;

export interface Lane {
  readonly outside: Outside;
  readonly api: ConnectionsApi;
  readonly watcher: Watcher;
  readonly readyTimeoutMs: number;
  readonly graceMs: number;
}

export interface Order {
  readonly connection: Connection;
  readonly version: SecretVersion;
  /** The JSON object of `auth_data.data`. */
  readonly data: Secret;
  /** As seen just now; absent: to be looked at first. */
  readonly before?: Observation;
}

/**
 * Puts one version of a secret into one connection and watches until there is a verdict.
 * @throws RotationError where it did not come to a PUT, or its fate stayed unknown.
 */
export async function push(lane: Lane, order: Order): Promise<Finding> {
  const { clock } = lane.outside;
  lane.outside.progress({ step: "put", connection: order.connection });
  const accepted = await put(lane, order);
  const startedAt = clock.now();
  let finding: Finding;
  try {
    finding = describeWatched(await watchPatiently(lane, order, accepted));
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    finding = {
      outcome: "unverified",
      errorClass: error.errorClass,
      message: `Put, but not verified: ${error.message}`,
    };
  }
  const { httpStatus, requestId } = accepted.receipt;
  return {
    httpStatus,
    ...(requestId !== undefined && { requestId }),
    ...finding,
    secretVersionId: order.version.versionId,
    durationMs: clock.now() - startedAt,
  };
}

/** @throws GuardError, RotationError of class `not-found` */
export function guard(connection: Connection, seen: Observation | undefined): Observation {
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

function answerOf({ httpStatus, requestId }: Observation): { httpStatus: number; requestId?: string } {
  return { httpStatus, ...(requestId !== undefined && { requestId }) };
}

function sameEndpoint(a: string, b: string): boolean {
  const normal = (endpoint: string) => (URL.parse(endpoint)?.href ?? endpoint).replace(/\/$/, "");
  return normal(a) === normal(b);
}

interface Accepted {
  readonly before: Observation;
  readonly receipt: Receipt;
}

async function put(lane: Lane, order: Order): Promise<Accepted> {
  const patience = new Patience(lane.outside, FAULT_PATIENCE_MS);
  let before = guard(order.connection, order.before ?? (await lane.api.get(order.connection.name)));
  for (let conflicts = 0; ; ) {
    try {
      return { before, receipt: await lane.api.put(toUpdate(before, order.data)) };
    } catch (error) {
      if (error instanceof ConflictError && conflicts < MAX_CONFLICTS) {
        conflicts += 1;
        before = guard(order.connection, await lane.api.get(before.name));
      } else if (error instanceof UnknownFateError) {
        const pauseMs = patience.pauseMs();
        if (pauseMs === undefined) throw error;
        await lane.outside.clock.sleep(pauseMs);
        const after = await lookUp(lane, order, error);
        const mayBeApplied = error.answer.httpStatus === undefined;
        if (mayBeApplied && hasMoved(before, after)) return { before, receipt: answerOf(after) };
        before = after;
      } else throw error;
    }
  }
}

/** What became of a PUT whose fate is unknown. @throws the `error` that left it unknown, where it stays so. */
async function lookUp(lane: Lane, { connection }: Order, error: UnknownFateError): Promise<Observation> {
  try {
    return guard(connection, await lane.api.get(connection.name));
  } catch {
    throw error;
  }
}

function toUpdate({ name, connectionType, endpoint, resourceVersion }: Observation, data: Secret): Update {
  return { name, connectionType, endpoint, data, ...(resourceVersion !== undefined && { resourceVersion }) };
}

/** Watches; a young key that is refused is watched on for the grace, and put once more half-way, before that counts. */
async function watchPatiently(lane: Lane, order: Order, accepted: Accepted): Promise<Watched> {
  const { clock } = lane.outside;
  const first = await watch(lane, order, { before: accepted.before, refusalCountsAt: clock.now() });
  const isYoung = clock.now() - order.version.createdAt < YOUNG_MS;
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
  { outside, watcher, readyTimeoutMs }: Lane,
  { connection }: Order,
  { before, refusalCountsAt }: { before: Observation; refusalCountsAt: number },
): Promise<Watched> {
  const patientUntil = Math.max(outside.clock.now() + readyTimeoutMs, refusalCountsAt + readyTimeoutMs / 3);
  return watcher.watch({
    name: connection.name,
    judge: createJudge({ before, refusalCountsAt, readyTimeoutMs }),
    untilAt: Math.min(patientUntil, outside.deadlineAt),
    onPhase: (phase) => outside.progress({ step: "seen", connection, phase }),
  });
}
