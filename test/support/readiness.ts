import type { ConnectionState } from "../../src/rotation/connection.ts";
import { StateHistory } from "../../src/rotation/polling/history.ts";
import { ReadinessCheck, type ReadinessOptions } from "../../src/rotation/polling/verdict.ts";
import { observation } from "./builders.ts";

/** A READY connection before its PUT. */
export const BEFORE = observation({ resourceVersion: "v1", updatedAt: 1_000 });
/** The version and time after the PUT. */
export const CHANGED = { resourceVersion: "v2", updatedAt: 2_000 };

export const READY = { ...CHANGED, phase: "READY" };
export const REFUSED = { ...CHANGED, phase: "INVALID_AUTH" };
export const PENDING = { ...CHANGED, phase: "PENDING" };

/** The check of a PUT at time 0, confirmed after ten seconds. */
export function checkOf(before: ConnectionState, options: Partial<ReadinessOptions> = {}): ReadinessCheck {
  const history = new StateHistory();
  history.add(before);
  return new ReadinessCheck({
    before,
    history,
    putAt: 0,
    confirmMs: 10_000,
    readyTimeoutMs: 300_000,
    isKeyProven: false,
    ...options,
  });
}
