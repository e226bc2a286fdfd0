import { describe, expect, it } from "vitest";
import { createLog } from "../../src/cli/log.ts";
import { fakeTerminal } from "../support/terminal.ts";

function logged(isVerbose: boolean) {
  const [out, err] = [fakeTerminal({ isTTY: false }), fakeTerminal({ isTTY: false })];
  return {
    log: createLog({ err: err.terminal, isVerbose: () => isVerbose }),
    out: out.written,
    err: err.written,
  };
}

describe("the log of a command", () => {
  it("prints a note with its details to standard error", () => {
    const { log, out, err } = logged(false);
    log.note("A newer version appeared.", { secret: "openai" });
    expect(err()).toBe("A newer version appeared. (secret: openai)\n");
    expect(out()).toBe("");
  });

  it("prints an unexpected error in one line, and its stack trace with --verbose", () => {
    const [quiet, verbose] = [logged(false), logged(true)];
    for (const { log } of [quiet, verbose]) log.bug(new TypeError("x is not a function"));
    expect(quiet.err()).toBe("Unexpected error: x is not a function (--verbose shows the stack trace)\n");
    expect(verbose.err()).toMatch(/^TypeError: x is not a function\n {4}at /);
    quiet.log.bug("thrown text");
    expect(quiet.err()).toContain("Unexpected error: thrown text");
  });
});
