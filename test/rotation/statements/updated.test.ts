import { describe, expect, it } from "vitest";
import type { StatementState } from "../../../src/rotation/statements/api.ts";
import { hasOldKey, type UpdatedConnection } from "../../../src/rotation/statements/updated.ts";
import { HOUR_MS, NOW } from "../../support/builders.ts";

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

describe("a statement has the key from before", () => {
  it.each([
    ["it was created before the PUT of a new key", statement(), updated(), true],
    ["it was created after the PUT", statement({ createdAt: NOW + 1 }), updated(), false],
    ["nothing tells when it was created", { ...statement(), createdAt: undefined }, updated(), false],
    [
      "the key is not new, and it was last changed before the key was created",
      statement(),
      updated({ isKeyNew: false }),
      true,
    ],
    [
      "the key is not new, and it was changed after the key was created",
      statement({ updatedAt: NOW - 1 }),
      updated({ isKeyNew: false }),
      false,
    ],
  ])("if or unless %s", (_, state, connection, expected) => {
    const { createdAt, ...rest } = state;
    expect(hasOldKey(createdAt === undefined ? rest : { ...rest, createdAt }, connection)).toBe(expected);
  });
});
