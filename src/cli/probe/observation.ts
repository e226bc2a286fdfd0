import type { Clock } from "../../rotation/clock.ts";
import {
  type Connection,
  type ConnectionState,
  type PhaseKind,
  phaseKind,
} from "../../rotation/connection.ts";
import type { ConnectionsApi, RunContext } from "../../rotation/dependencies.ts";
import type { RotationError } from "../../rotation/errors.ts";
import { type OpenUntil, withClients } from "./context.ts";
import type { ExchangeLog, PutExchange } from "./exchanges.ts";
import { type Seen, Timeline } from "./timeline.ts";
import { watch } from "./watch.ts";

/** Which key was sent: AWSCURRENT, an invalid one, or AWSCURRENT again after it. */
export type ProbedKey = "current" | "invalid" | "restored";

/** The result of one PUT. */
export interface Observation {
  readonly key: ProbedKey;
  readonly exchanges: readonly PutExchange[];
  /** Absent if the PUT was not accepted. */
  readonly seen?: Seen;
  readonly error?: RotationError;
}

export interface ProbeOptions {
  readonly connection: Connection;
  readonly watchMs: number;
  readonly isBadKey: boolean;
  readonly open: OpenUntil;
  readonly exchanges: ExchangeLog;
  readonly clock: Clock;
  readonly random: () => number;
  /** Ends the watch early. The good key is restored even so. */
  readonly signal: AbortSignal;
  readonly onStep: (step: Step) => void;
}

export type Step =
  | { readonly kind: "put"; readonly key: ProbedKey }
  | { readonly kind: "accepted"; readonly key: ProbedKey }
  | { readonly kind: "read"; readonly key: ProbedKey; readonly seen: Seen }
  | { readonly kind: "restore-failed"; readonly error: RotationError };

/** Time for the requests before and after the watch, in milliseconds. */
const SLACK_MS = 120_000;

interface WatchTarget {
  readonly api: Pick<ConnectionsApi, "get">;
  readonly before: ConnectionState;
  readonly isDone?: (seen: Seen) => boolean;
}

/** Watches a connection after an accepted PUT. */
export async function watchAfterPut(
  key: ProbedKey,
  { connection, watchMs, clock, signal, onStep }: ProbeOptions,
  { api, before, isDone = () => false }: WatchTarget,
): Promise<Seen> {
  const startedAt = clock.now();
  const timeline = new Timeline(before, startedAt);
  await watch(timeline, {
    api,
    name: connection.name,
    clock,
    startedAt,
    untilAt: startedAt + watchMs,
    signal,
    isDone: () => isDone(timeline.seen),
    onRead: () => onStep({ kind: "read", key, seen: timeline.seen }),
  });
  return timeline.seen;
}

export function lastKind({ phases, phaseBefore }: Seen): PhaseKind {
  return phaseKind(phases.at(-1)?.phase ?? phaseBefore);
}

/** Runs `work` with clients whose deadline suffices for one PUT and its watch. */
export function withOwnClients<T>(
  options: ProbeOptions,
  work: (context: RunContext) => Promise<T>,
): Promise<T> {
  const { open, clock, watchMs } = options;
  return withClients(open, clock.now() + watchMs + SLACK_MS, work);
}
