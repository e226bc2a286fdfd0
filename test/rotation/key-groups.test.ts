import { describe, expect, it } from "vitest";
import { groupByKey } from "../../src/rotation/key-groups.ts";
import { Secret } from "../../src/rotation/secret.ts";

const update = (name: string, ...keys: string[]) => ({ name, keys: keys.map((key) => new Secret(key)) });
const namesByKey = (...updates: ReturnType<typeof update>[]) =>
  groupByKey(updates).map((group) => group.map(({ name }) => name));

describe("updates of a secret", () => {
  it("belong together if they send the same key", () => {
    expect(namesByKey(update("a", "1"), update("b", "2"), update("c", "1"))).toEqual([["b"], ["a", "c"]]);
  });

  it("belong together if they share a key with a third one", () => {
    expect(namesByKey(update("a", "1"), update("b", "2"), update("c", "1", "2"))).toEqual([["a", "b", "c"]]);
  });

  it("belong together if a third one shares a key with each, whatever their order", () => {
    expect(namesByKey(update("a", "1"), update("c", "1", "2"), update("b", "2"))).toEqual([["a", "c", "b"]]);
  });

  it("belong together if one sends a key and a value that the other does not need", () => {
    expect(namesByKey(update("a", "1", "token"), update("b", "1"))).toEqual([["a", "b"]]);
  });

  it("are independent if their keys have only another value in common", () => {
    expect(namesByKey(update("a", "1", "account"), update("b", "2", "account"))).toEqual([["a"], ["b"]]);
  });

  it("are independent if they send no key", () => {
    expect(namesByKey(update("a"), update("b"))).toEqual([["a"], ["b"]]);
  });
});
