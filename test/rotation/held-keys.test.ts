import { describe, expect, it } from "vitest";
import type { ConnectionState } from "../../src/rotation/connection.ts";
import { HeldKeys } from "../../src/rotation/held-keys.ts";
import type { OutcomeDetails } from "../../src/rotation/outcome.ts";
import { connection, HOUR_MS, NOW, observation, secretVersion } from "../support/builders.ts";

const CONNECTION = connection();
const VERSION = secretVersion({ createdAt: NOW - HOUR_MS });
const SINCE = { failingSince: new Date(NOW - HOUR_MS).toISOString() };
const [EARLIER, LATER] = [NOW - 2 * HOUR_MS, NOW - HOUR_MS / 2];

function complete(before: ConnectionState, details: OutcomeDetails, isSent = false) {
  const keys = new HeldKeys(new Map([[CONNECTION.environment, { firstRead: () => before }]]));
  if (isSent) keys.markSent(CONNECTION);
  const { outcome: _outcome, secretVersionId: _id, ...facts } = keys.complete(CONNECTION, VERSION, details);
  return facts;
}

describe("what is known of a connection's keys", () => {
  it.each([
    [
      "was refused this version before the run",
      { phase: "INVALID_AUTH", updatedAt: LATER },
      "failed",
      true,
      { phaseBefore: "INVALID_AUTH", ...SINCE },
    ],
    [
      "was refused an older version before the run",
      { phase: "INVALID_AUTH", updatedAt: EARLIER },
      "failed",
      true,
      { phaseBefore: "INVALID_AUTH" },
    ],
    ["was usable before the run", { updatedAt: EARLIER }, "failed", true, {}],
    ["has never had this version", { updatedAt: EARLIER }, "failed", false, { holds: "previous", ...SINCE }],
    [
      "is not attempted, and has never had this version",
      { updatedAt: EARLIER },
      "not-attempted",
      false,
      SINCE,
    ],
    [
      "was silent with this version before the run",
      { phase: "", updatedAt: LATER },
      "unverified",
      true,
      SINCE,
    ],
    [
      "tells no time of its last update",
      { phase: "INVALID_AUTH", updatedAt: undefined },
      "failed",
      true,
      { phaseBefore: "INVALID_AUTH" },
    ],
    ["is ready, whatever was before", { phase: "INVALID_AUTH", updatedAt: LATER }, "ready", true, {}],
  ] as const)("is told for one that %s", (_what, { updatedAt, ...before }, outcome, isSent, expected) => {
    const { updatedAt: _updatedAt, ...state } = observation(before);
    const withTime = { ...state, ...(updatedAt !== undefined && { updatedAt }) };
    expect(complete(withTime, { outcome }, isSent)).toEqual(expected);
  });
});
