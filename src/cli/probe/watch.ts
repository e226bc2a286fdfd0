import type { Clock } from "../../rotation/clock.ts";
import type { ConnectionsApi } from "../../rotation/dependencies.ts";
import { InterruptedError } from "../errors.ts";
import type { Timeline } from "./timeline.ts";

export interface WatchOptions {
  readonly api: Pick<ConnectionsApi, "get">;
  readonly name: string;
  readonly clock: Clock;
  readonly startedAt: number;
  readonly untilAt: number;
  readonly signal: AbortSignal;
  /** True if further reads show nothing new. */
  readonly isDone?: () => boolean;
  readonly onRead?: () => void;
}

/** Polls a connection until a time: often at first, then every second. By GET, because a list may be cached. */
export async function watch(timeline: Timeline, options: WatchOptions): Promise<void> {
  const { clock, startedAt, untilAt, signal, isDone = () => false, onRead = () => undefined } = options;
  const stopped = aborted(signal);
  while (!signal.aborted) {
    await read(timeline, options, stopped);
    onRead();
    const now = clock.now();
    if (isDone() || now >= untilAt) return;
    await clock.sleep(Math.min(delayMs(now - startedAt), untilAt - now), signal);
  }
}

async function read(
  timeline: Timeline,
  { api, name, clock }: WatchOptions,
  stopped: Promise<undefined>,
): Promise<void> {
  const result = await Promise.race([
    api.get(name).then(
      (state) => ({ state }),
      () => ({ state: undefined }),
    ),
    stopped,
  ]);
  if (result === undefined) return;
  if (result.state === undefined) timeline.addFailure(clock.now());
  else timeline.add(result.state, clock.now());
}

function delayMs(elapsedMs: number): number {
  if (elapsedMs < 5_000) return 250;
  return elapsedMs < 15_000 ? 500 : 1_000;
}

/** Waits for `work` unless the signal aborts. @throws InterruptedError */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const result = await Promise.race([work.then((value) => ({ value })), aborted(signal)]);
  if (result === undefined) throw new InterruptedError("Stopped. Nothing was sent.");
  return result.value;
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  return promise;
}
