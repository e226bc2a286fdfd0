import type { ConnectionState } from "../../src/rotation/connection.ts";
import type { ReadinessOptions } from "../../src/rotation/polling/verdict.ts";
import { BEFORE, checkOf } from "./readiness.ts";

export type Read = readonly [atMs: number, Partial<ConnectionState>];

/** The verdicts on states that are read at these times, in milliseconds after the PUT. */
export function verdicts(
  reads: readonly Read[],
  {
    before: changes = {},
    ...options
  }: Partial<Omit<ReadinessOptions, "before">> & { before?: Partial<ConnectionState> } = {},
) {
  const before = { ...BEFORE, ...changes };
  const check = checkOf(before, options);
  return reads.map(([at, state]) => check.verdictOn({ ...before, ...state }, at));
}

export const wasRefused = { before: { phase: "INVALID_AUTH" } };
