import { describe, expect, it } from "vitest";
import { tableLines } from "../../src/terminal/table.ts";
import { Terminal } from "../../src/terminal/terminal.ts";
import { fakeTerminal } from "../support/terminal.ts";

const ERASE_TWO = "\x1b[2A\x1b[J";

describe("a terminal", () => {
  it("redraws its previous lines, without wrapping", () => {
    const { terminal, written } = fakeTerminal();
    terminal.draw(["a", "b"]);
    terminal.draw(["c"]);
    expect(written()).toBe(`\x1b[?7la\nb\n\x1b[?7h${ERASE_TWO}\x1b[?7lc\n\x1b[?7h`);
  });

  it("erases drawn lines before it prints", () => {
    const { terminal, written } = fakeTerminal();
    terminal.draw(["a", "b"]);
    terminal.print("c");
    terminal.print("d");
    expect(written()).toMatch(/c\nd\n$/);
    expect(written().split(ERASE_TWO)).toHaveLength(2);
  });

  it.each([
    ["on a terminal", {}, true, true],
    ["in a pipe", { isTTY: false }, false, false],
    ["with NO_COLOR", { env: { NO_COLOR: "1" } }, true, false],
    ["with an empty NO_COLOR", { env: { NO_COLOR: "" } }, true, true],
    ["on a dumb terminal", { env: { TERM: "dumb" } }, false, false],
  ])("detects whether it may redraw and use colours %s", (_where, options, isLive, hasColour) => {
    const { terminal } = fakeTerminal(options);
    expect(terminal.isLive).toBe(isLive);
    expect(terminal.paint("red", "x")).toBe(hasColour ? "\x1b[31mx\x1b[39m" : "x");
  });

  it("uses no colours if the colour depth is unknown and assumes 24 lines of 100 columns", () => {
    const terminal = new Terminal({ isTTY: true, write: () => undefined }, {});
    expect(terminal.paint("red", "x")).toBe("x");
    expect(terminal.height).toBe(23);
    expect(terminal.width).toBe(100);
  });
});

describe("the output width", () => {
  it.each([
    ["taken from the terminal", {}, 80],
    ["taken from COLUMNS", { env: { COLUMNS: "60" } }, 60],
    ["taken from a dumb terminal, too", { env: { TERM: "dumb" } }, 80],
    ["unlimited in a pipe", { isTTY: false, env: { COLUMNS: "60" } }, Number.POSITIVE_INFINITY],
    ["at least 20", { env: { COLUMNS: "3" } }, 20],
  ])("is %s", (_what, options, expected) => {
    const { terminal } = fakeTerminal({ columns: 80, ...options });
    expect(terminal.columns).toBe(expected);
  });

  it("keeps the indentation of wrapped lists", () => {
    const { terminal } = fakeTerminal({ columns: 24 });
    expect(terminal.wrap("Two faults:\n  - connections[0].name is missing\n  - b")).toEqual([
      "Two faults:",
      "  - connections[0].name",
      "    is missing",
      "  - b",
    ]);
  });

  it("does not break a command, so that it can be pasted", () => {
    const { terminal } = fakeTerminal({ columns: 40 });
    expect(
      terminal.wrap("It holds an older version. Send it: npx . rotate --secret prod/openai-of-it", "  "),
    ).toEqual(["  It holds an older version. Send it:", "    npx . rotate --secret prod/openai-of-it"]);
    expect(terminal.wrap("Send it: npx . rotate a")).toEqual(["Send it: npx . rotate a"]);
    expect(terminal.wrap("To run it again: npx . invoke NAME, or wait.")).toEqual([
      "To run it again: npx . invoke NAME, or",
      "wait.",
    ]);
  });

  it("limits the length of wrapped lines", () => {
    const { terminal } = fakeTerminal({ columns: 30 });
    expect(
      terminal.wrap("Put a key of environment prod into secret prod/confluent/flink-api-key-of-it.", "    "),
    ).toEqual([
      "    Put a key of environment",
      "    prod into secret",
      "    prod/confluent/flink-api-key-of-it.",
    ]);
    expect(fakeTerminal({ isTTY: false }).terminal.wrap("a ".repeat(200))).toHaveLength(1);
  });
});

describe("a plain table", () => {
  it("makes each column as wide as its widest text, not counting colour codes", () => {
    const { terminal } = fakeTerminal({ isTTY: false });
    const rows = [
      [{ text: "long text" }, { text: "x", style: "red" as const }],
      [{ text: "s" }, { text: "" }],
    ];
    expect(tableLines(terminal, [{ title: "A" }, { title: "B" }], rows)).toEqual([
      "  A          B",
      "  long text  x",
      "  s",
    ]);
  });
});
