import { describe, expect, it } from "vitest";
import { suggestion } from "../../src/cli/suggestion.ts";

describe("a suggestion", () => {
  it.each([
    ["rotat", 'Did you mean "rotate"?'],
    ["stauts", 'Did you mean "status"?'],
    ["stat", 'Did you mean "status"?'],
    ["xyz", "Available: rotate, status."],
    ["deploy", "Available: rotate, status."],
  ])("for %s is %s", (word, expected) => {
    expect(suggestion(word, ["rotate", "status"])).toBe(expected);
  });

  it("lists twelve of many names", () => {
    const names = Array.from({ length: 200 }, (_, index) => `connection-${index}`);
    expect(suggestion("xyz", names)).toMatch(/^Available: connection-0, .*, connection-11 and 188 more\.$/);
  });
});
