import { describe, expect, it } from "vitest";
import { fakeTerminal } from "../support/terminal.ts";

describe("terminal marks", () => {
  it.each([
    ["C", { LANG: "C" }],
    ["POSIX", { LC_ALL: "POSIX", LANG: "en_US.UTF-8" }],
    ["Latin 1", { LC_CTYPE: "de_DE.ISO-8859-1" }],
  ])("are ASCII in the locale %s", (_name, env) => {
    const { terminal, written } = fakeTerminal({ isTTY: false, env });
    terminal.print("✓ a → b … ✗ c");
    expect(written()).toBe("OK a -> b ... FAIL c\n");
  });

  it.each([
    ["UTF-8", { LANG: "en_US.UTF-8" }],
    ["C with UTF-8", { LANG: "C.utf8" }],
    ["set by no variable", {}],
    ["set by LC_ALL", { LC_ALL: "C.UTF-8", LANG: "C" }],
  ])("are Unicode in a locale %s", (_name, env) => {
    const { terminal, written } = fakeTerminal({ isTTY: false, env });
    terminal.print("✓");
    expect(written()).toBe("✓\n");
  });
});
