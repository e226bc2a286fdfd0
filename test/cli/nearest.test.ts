import { describe, expect, it } from "vitest";
import { suggestion } from "../../src/cli/nearest.ts";

describe("a suggestion", () => {
  it.each([
    ["rotat", 'Did you mean "rotate"?'],
    ["stauts", 'Did you mean "status"?'],
    ["stat", 'Did you mean "status"?'],
    ["xyz", "There is: rotate, status."],
    ["deploy", "There is: rotate, status."],
  ])("for %s is %s", (word, expected) => {
    expect(suggestion(word, ["rotate", "status"])).toBe(expected);
  });
});
