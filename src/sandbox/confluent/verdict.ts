import { type AuthData, acceptedFrom, type Settings, type State } from "./settings.ts";

/** The current auth data and the PUT that brought it. */
export interface DataInPlace {
  readonly data: AuthData;
  /** The PUT of the data and the state just before it; `undefined` for initial data. */
  readonly put: { readonly at: number; readonly stateBefore: State } | undefined;
}

/** The state that the service reports at a certain time. */
export function stateAt(
  now: number,
  { data, put }: DataInPlace,
  settings: Settings,
  initially: State,
): State {
  if (put === undefined) return initially;
  if (settings.world === "credulous") return "ready";
  if (now < put.at + verdictDelayMs(settings))
    return settings.world === "controller" ? put.stateBefore : "pending";
  if (settings.unreachable) return "unreachable";
  const at = judgedAt(settings, put, now);
  return acceptedFrom(settings.accepts, data, at) <= at ? "ready" : "invalidAuth";
}

/** When reads first showed the data as usable, if its state is `ready` now. */
export function readySince(now: number, { data, put }: DataInPlace, settings: Settings): number | undefined {
  if (put === undefined || settings.world === "silent") return undefined;
  const shownAt = put.at + Math.max(settings.staleMs, verdictDelayMs(settings));
  if (now < shownAt) return undefined;
  if (settings.world === "credulous") return shownAt;
  return Math.max(shownAt, acceptedFrom(settings.accepts, data, judgedAt(settings, put, now)));
}

function verdictDelayMs({ world, timeToReadyMs, verdictAfterMs }: Settings): number {
  if (world === "credulous") return 0;
  return world === "controller" ? verdictAfterMs : timeToReadyMs;
}

function judgedAt({ judged }: Settings, put: { readonly at: number }, now: number): number {
  return judged === "on-put" ? put.at : now;
}
