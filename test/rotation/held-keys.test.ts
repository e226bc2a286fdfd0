import { describe, expect, it } from "vitest";
import type { ConnectionState } from "../../src/rotation/connection.ts";
import { RotationError } from "../../src/rotation/errors.ts";
import { HeldKeys } from "../../src/rotation/held-keys.ts";
import type { OutcomeDetails } from "../../src/rotation/outcome.ts";
import { connection, HOUR_MS, NOW, observation, secretVersion } from "../support/builders.ts";

const CONNECTION = connection();
const VERSION = secretVersion({ createdAt: NOW - HOUR_MS });
const SINCE = { failingSince: new Date(NOW - HOUR_MS).toISOString() };
const [EARLIER, LATER] = [NOW - 2 * HOUR_MS, NOW - HOUR_MS / 2];

interface Before {
  readonly phase?: string;
  readonly updatedAt?: number | undefined;
}

type Row = readonly [what: string, Before, OutcomeDetails["outcome"], isSent: boolean, expected: object];

function complete(before: ConnectionState, details: OutcomeDetails, isSent = false) {
  const keys = new HeldKeys(new Map([[CONNECTION.environment, { firstRead: () => before }]]));
  if (isSent) keys.markSent(CONNECTION);
  const { outcome: _outcome, secretVersionId: _id, ...facts } = keys.complete(CONNECTION, VERSION, details);
  return facts;
}

describe("the report about a connection's keys", () => {
  it.each<Row>([
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
      "had no phase with this version before the run",
      { phase: "", updatedAt: LATER },
      "unverified",
      true,
      SINCE,
    ],
    [
      "shows no time of its last update",
      { phase: "INVALID_AUTH", updatedAt: undefined },
      "failed",
      true,
      { phaseBefore: "INVALID_AUTH" },
    ],
    [
      "is unverified because its key could not be sent",
      { updatedAt: EARLIER },
      "unverified",
      false,
      { holds: "previous", ...SINCE },
    ],
    ["has no phase, before or after the run", { phase: "", updatedAt: LATER }, "failed", true, {}],
    [
      "was refused this version before the run, and was rolled back",
      { phase: "INVALID_AUTH", updatedAt: LATER },
      "rolled-back",
      false,
      { phaseBefore: "INVALID_AUTH", ...SINCE },
    ],
    ["shows no time of its last update, and was not sent the key", {}, "not-attempted", false, {}],
  ])(
    "says what is known if the connection %s",
    (_what, { updatedAt, ...before }, outcome, isSent, expected) => {
      const { updatedAt: _updatedAt, ...state } = observation(before);
      const withTime = { ...state, ...(updatedAt !== undefined && { updatedAt }) };
      expect(complete(withTime, { outcome }, isSent)).toEqual(expected);
    },
  );

  it.each(["ready", "applied", "skipped", "planned"] as const)(
    "mentions no earlier failure if the connection is %s",
    (outcome) => {
      const before = observation({ phase: "INVALID_AUTH", updatedAt: LATER });
      expect(complete(before, { outcome }, true)).toEqual({});
    },
  );

  it.each([
    ["could not be reached", new RotationError("unauthorized", "Confluent refused the API key (401).")],
    ["is not known", undefined],
  ])("says only that it holds the previous key if its environment %s", (_what, session) => {
    const keys = new HeldKeys(new Map([[CONNECTION.environment, session]]));
    expect(keys.complete(CONNECTION, VERSION, { outcome: "failed" })).toEqual({
      outcome: "failed",
      secretVersionId: "version-1",
      holds: "previous",
    });
  });
});

describe("a connection that works with a version that this run has put", () => {
  it("is not said to have its phase from before the run if a newer version is not put", () => {
    const before = observation({ phase: "INVALID_AUTH", updatedAt: EARLIER });
    const keys = new HeldKeys(new Map([[CONNECTION.environment, { firstRead: () => before }]]));
    keys.markSent(CONNECTION);
    keys.complete(CONNECTION, VERSION, { outcome: "ready" });
    const newer = secretVersion({ versionId: "newer" });
    expect(keys.complete(CONNECTION, newer, { outcome: "not-attempted" })).toEqual({
      outcome: "not-attempted",
      secretVersionId: "newer",
    });
  });
});

describe("a connection that was sent a version and has not shown that it works", () => {
  it.each<OutcomeDetails>([
    { outcome: "not-attempted", errorClass: "superseded" },
    { outcome: "failed", errorClass: "secret" },
  ])("holds an unknown key if a newer version is not put: $outcome, $errorClass", (details) => {
    const keys = new HeldKeys(new Map());
    keys.markSent(CONNECTION);
    keys.complete(CONNECTION, VERSION, { outcome: "failed", errorClass: "timeout" });
    const newer = secretVersion({ versionId: "newer" });
    expect(keys.complete(CONNECTION, newer, details)).toMatchObject({ holds: "unknown" });
  });

  it("may hold the newer version if that was put and failed, too", () => {
    const keys = new HeldKeys(new Map());
    keys.markSent(CONNECTION);
    expect(
      keys.complete(CONNECTION, VERSION, { outcome: "failed", errorClass: "timeout" }),
    ).not.toHaveProperty("holds");
  });
});

describe("a connection whose previous key this run has put back", () => {
  it("holds that key if a newer version of the secret cannot be put", () => {
    const keys = new HeldKeys(new Map());
    keys.markSent(CONNECTION);
    keys.complete(CONNECTION, VERSION, { outcome: "rolled-back" });
    const newer = secretVersion({ versionId: "newer" });
    expect(keys.complete(CONNECTION, newer, { outcome: "failed" })).toMatchObject({ holds: "previous" });
  });
});
