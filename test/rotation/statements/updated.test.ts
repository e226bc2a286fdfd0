import { describe, expect, it } from "vitest";
import type { ConnectionState } from "../../../src/rotation/connection.ts";
import { evidenceOfPhase, NO_EVIDENCE, type OutcomeDetails } from "../../../src/rotation/outcome.ts";
import type { Trigger } from "../../../src/rotation/plan.ts";
import type { StatementState } from "../../../src/rotation/statements/api.ts";
import {
  hasOldKey,
  type UpdatedConnection,
  updatedConnection,
} from "../../../src/rotation/statements/updated.ts";
import { connection, HOUR_MS, NOW, observation, secretVersion } from "../../support/builders.ts";
import { fakeWorld } from "../../support/fake-world.ts";
import { statementSession } from "../../support/statement-session.ts";

const SCHEDULE: Trigger = { kind: "schedule" };
const EVENT: Trigger = { kind: "secret-change", secret: "prod/openai" };
const DRY_RUN: Trigger = { kind: "direct", dryRun: true };
const KEY_CREATED_AT = NOW - HOUR_MS + 300;
const [DAY_BEFORE, HALF_HOUR_AGO] = [NOW - 24 * HOUR_MS, NOW - HOUR_MS / 2];
const UNCHANGED = { before: HALF_HOUR_AGO, after: HALF_HOUR_AGO };
const provider = (said: "valid" | "unknown") => ({ evidence: { ...NO_EVIDENCE, provider: said } });
const READY: OutcomeDetails = { outcome: "ready", evidence: evidenceOfPhase("ready") };

interface Options {
  readonly details?: OutcomeDetails | undefined;
  readonly trigger?: Trigger;
  /** When the connection was last changed, before the run and after its PUT; absent if the service does not show it. */
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly isPut?: boolean;
}

const state = (updatedAt: number | undefined, resourceVersion: string): ConnectionState => {
  const { updatedAt: _, ...rest } = observation({ resourceVersion });
  return { ...rest, ...(updatedAt !== undefined && { updatedAt }) };
};

/** A connection after a run that put a key, which was created an hour ago. */
function update(options: Options = {}): UpdatedConnection | undefined {
  const { details = READY, trigger = SCHEDULE, isPut = true } = options;
  const { before, after } = { before: DAY_BEFORE, after: NOW, ...options };
  const world = fakeWorld();
  const session = statementSession(world, undefined, [state(before, "1")]);
  session.history(connection()).add(state(after, "2"));
  if (isPut) session.recordPut(connection(), NOW - 1);
  const recorded = { details, version: secretVersion({ createdAt: KEY_CREATED_AT }) };
  return updatedConnection({ ...world.context, trigger }, session, connection(), recorded);
}

describe("a connection with a key that this run has put", () => {
  it("has the time of its PUT and of its key", () => {
    expect(update()).toEqual({
      name: "orders-openai",
      putAt: NOW - 1,
      keyCreatedAt: KEY_CREATED_AT,
      isKeyNew: true,
      isProven: true,
    });
  });

  it.each<[string, Options]>([
    ["it was not put", { isPut: false }],
    ["its previous key was put back", { details: { outcome: "rolled-back" } }],
    ["Confluent did not take its key", { details: { outcome: "failed", holds: "previous" } }],
    ["a dry run skips it", { isPut: false, trigger: DRY_RUN, details: { outcome: "skipped" } }],
  ])("is not counted if %s", (_, options) => {
    expect(update(options)).toBeUndefined();
  });

  it("is not counted if it has no outcome or an outcome without a version", () => {
    const world = fakeWorld();
    const session = statementSession(world);
    session.recordPut(connection(), NOW);
    const find = (recorded: Parameters<typeof updatedConnection>[3]) =>
      updatedConnection(world.context, session, connection(), recorded);
    expect(find(undefined)).toBeUndefined();
    expect(find({ details: READY, version: undefined })).toBeUndefined();
  });

  it("is counted by a dry run that would put it", () => {
    const details = { outcome: "planned" } as const;
    expect(update({ details, trigger: DRY_RUN, isPut: false })).toMatchObject({ putAt: NOW, isProven: true });
  });

  it.each<[string, OutcomeDetails, boolean]>([
    ["it is READY", READY, true],
    ["its provider accepts the key", { outcome: "applied", ...provider("valid") }, true],
    ["nothing is known of the key", { outcome: "applied", ...provider("unknown") }, false],
    ["nothing was asked", { outcome: "applied" }, false],
    ["its key is unverified", { outcome: "unverified", ...provider("valid") }, false],
    ["its key is refused", { outcome: "failed", evidence: evidenceOfPhase("refused") }, false],
  ])("allows restarts of statements only if its key works: %s", (_, details, isProven) => {
    expect(update({ details })).toMatchObject({ isProven });
  });
});

describe("the key of a connection", () => {
  it.each<["new" | "not new", string, Options]>([
    ["new", "the connection was last changed before the key was created", {}],
    ["not new", "the connection was changed after the key was created", { before: HALF_HOUR_AGO }],
    ["not new", "the connection was changed in the second of the key's creation", { before: NOW - HOUR_MS }],
    ["new", "a dry run finds that it was changed before that", { trigger: DRY_RUN, after: DAY_BEFORE }],
    [
      "not new",
      "a dry run finds that it was changed after that",
      { trigger: DRY_RUN, before: HALF_HOUR_AGO },
    ],
    ["new", "an event started the run and no changes are shown", { before: undefined, trigger: EVENT }],
    ["not new", "the schedule started the run and no changes are shown", { before: undefined }],
    ["new", "an event started the run and the PUT shows no change", { ...UNCHANGED, trigger: EVENT }],
    ["not new", "the schedule started the run and the PUT shows no change", { after: DAY_BEFORE }],
    ["not new", "the schedule started the run and the PUT shows no time", { after: undefined }],
  ])("is %s if %s", (expected, _, options) => {
    const details: OutcomeDetails = options.trigger === DRY_RUN ? { outcome: "planned" } : READY;
    expect(update({ details, ...options })).toMatchObject({ isKeyNew: expected === "new" });
  });
});

const updated = (changes: Partial<UpdatedConnection> = {}): UpdatedConnection => ({
  name: "openai",
  putAt: NOW,
  keyCreatedAt: NOW - HOUR_MS,
  isKeyNew: true,
  isProven: true,
  ...changes,
});

const statement = (changes: Partial<StatementState> = {}): StatementState => ({
  name: "orders",
  phase: "RUNNING",
  isKeyRefused: false,
  isResumable: true,
  createdAt: NOW - 10 * HOUR_MS,
  ...changes,
});

describe("a statement", () => {
  const { createdAt: _, ...withoutTime } = statement();
  const sameKey = updated({ isKeyNew: false });

  it.each([
    ["previous", "it was created before the PUT of a new key", statement(), updated()],
    ["new", "it was created after the PUT of a new key", statement({ createdAt: NOW + 1 }), updated()],
    ["new", "it was created in the moment of the PUT of a new key", statement({ createdAt: NOW }), updated()],
    ["new", "the time of its creation is not known", withoutTime, updated()],
    ["previous", "the key was created after its last change and put again", statement(), sameKey],
    [
      "new",
      "the key was created before its last change and put again",
      statement({ updatedAt: NOW - 1 }),
      sameKey,
    ],
    [
      "new",
      "the key was created in the moment of its last change and put again",
      statement({ updatedAt: NOW - HOUR_MS }),
      sameKey,
    ],
    ["new", "the key was created before it and put again", statement({ createdAt: NOW - 1 }), sameKey],
  ] as const)("counts as one with the %s key if %s", (expected, _what, state, connection) => {
    expect(hasOldKey(state, connection)).toBe(expected === "previous");
  });
});
