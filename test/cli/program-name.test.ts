import { describe, expect, it } from "vitest";
import { programName } from "../../src/cli/program-name.ts";

describe("the program's name in commands to paste", () => {
  it.each([
    [
      "npx . in the checkout",
      { npm_lifecycle_event: "npx", npm_lifecycle_script: "'flink-connection-rotator' 'status'" },
      "npx .",
    ],
    ["the installed command", {}, "flink-connection-rotator"],
    [
      "an npm script",
      { npm_lifecycle_event: "start", npm_lifecycle_script: "flink-connection-rotator sandbox" },
      "flink-connection-rotator",
    ],
    [
      "another program that npx runs",
      { npm_lifecycle_event: "npx", npm_lifecycle_script: "vitest" },
      "flink-connection-rotator",
    ],
  ])("is right for %s", (_start, env, expected) => {
    expect(programName(env)).toBe(expected);
  });
});
