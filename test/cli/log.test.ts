import { describe, expect, it } from "vitest";
import { logTo } from "../../src/cli/log.ts";
import { fakeTerminal } from "../support/terminal.ts";

function logged(isVerbose: boolean) {
  const [out, err] = [fakeTerminal({ isTTY: false }), fakeTerminal({ isTTY: false })];
  const context = { env: {}, out: out.terminal, err: err.terminal, onInterrupt: () => () => undefined };
  return { log: logTo(context, isVerbose), out: out.written, err: err.written };
}

describe("what is logged during a command", () => {
  it("is a remark with its facts, beside the result", () => {
    const { log, out, err } = logged(false);
    log.note("A newer version appeared.", { secret: "openai" });
    expect(err()).toBe("A newer version appeared. secret: openai\n");
    expect(out()).toBe("");
  });

  it("is a bug in one line, and its stack with --verbose", () => {
    const [quiet, verbose] = [logged(false), logged(true)];
    for (const { log } of [quiet, verbose]) log.bug(new TypeError("x is not a function"));
    expect(quiet.err()).toBe("A bug: x is not a function (--verbose shows the stack)\n");
    expect(verbose.err()).toMatch(/^TypeError: x is not a function\n {4}at /);
    quiet.log.bug("thrown text");
    expect(quiet.err()).toContain("A bug: thrown text");
  });
});
