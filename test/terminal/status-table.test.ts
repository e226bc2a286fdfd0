import { describe, expect, it } from "vitest";
import { OUTCOMES } from "../../src/rotation/report/schema.ts";
import { outcomeStyle, phaseStyle, type StatusRow, StatusTable } from "../../src/terminal/status-table.ts";
import { fakeTerminal } from "../support/terminal.ts";

function row(name: string, rest: Partial<StatusRow> = {}): StatusRow {
  return { environment: "prod", name, type: "OPENAI", phase: "PENDING", style: "yellow", ...rest };
}

describe("the status table", () => {
  it("prints each change once in a pipe, and pending rows only at the end", () => {
    const { terminal, written } = fakeTerminal({ isTTY: false });
    const table = new StatusTable(terminal);
    const waiting = row("b", { phase: "waiting", style: "dim" });
    table.show([row("a"), waiting]);
    table.show([row("a", { timeMs: 1_000 }), waiting]);
    table.show([row("a", { phase: "READY", style: "green", timeMs: 2_150 }), waiting]);
    expect(written()).toBe("prod/a (OPENAI): PENDING\nprod/a (OPENAI): READY 2.1 s\n");
    table.end([waiting]);
    expect(written()).toMatch(/prod\/b \(OPENAI\): waiting\n$/);
  });

  it("shows the pending rows on a small terminal and counts the rest", () => {
    const { terminal, written } = fakeTerminal({ rows: 8 });
    const done = Array.from({ length: 10 }, (_, index) => row(`done-${index}`, { style: "green" }));
    new StatusTable(terminal).show([...done, row("open-1"), row("open-2")]);
    expect(written()).toContain("open-2");
    expect(written()).not.toContain("done-0");
    expect(written()).toContain("10 of 12 done");
    expect(written().split("\n").length).toBeLessThan(8);
  });

  it("prints every row at the end, even on a small terminal", () => {
    const { terminal, written } = fakeTerminal({ rows: 8 });
    new StatusTable(terminal).end(Array.from({ length: 30 }, (_, index) => row(`c-${index}`)));
    expect(written()).toContain("c-29");
  });
});

describe("the colour", () => {
  it.each([
    ["READY", "green"],
    ["active", "green"],
    ["INVALID_AUTH", "red"],
    ["UNREACHABLE", "red"],
    ["PENDING", "yellow"],
    ["", "yellow"],
  ])("of the phase %j is %s", (phase, style) => expect(phaseStyle(phase)).toBe(style));

  it("of an outcome is red for failures and green for successes", () => {
    expect(OUTCOMES.map(outcomeStyle)).toEqual([
      "green",
      "green",
      "red",
      "yellow",
      "red",
      "yellow",
      "green",
      "green",
    ]);
  });
});
