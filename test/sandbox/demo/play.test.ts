import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { atProviders, CONNECTIONS } from "../../../src/sandbox/demo/connections.ts";
import { playDemo } from "../../../src/sandbox/demo/play.ts";
import { SCENARIOS, type Scenario } from "../../../src/sandbox/demo/scenarios.ts";
import { fakeTerminal } from "../../support/terminal.ts";

const FAILING: Scenario = {
  title: "An event that the function does not support",
  connections: CONNECTIONS.slice(0, 1),
  start: ({ rotator }) => rotator.invoke({ trigger: "schedule", and: "nonsense" }),
  assertions: (_context, { result }) => [["The run succeeded", "report" in result]],
};

describe("the demo", () => {
  it("has twelve connections of twelve types in two environments", () => {
    expect(new Set(CONNECTIONS.map(({ type }) => type)).size).toBe(12);
    expect(new Set(CONNECTIONS.map(({ environment }) => environment)).size).toBe(2);
  });

  it("contains no address outside this machine to which a key could be sent", () => {
    const file = JSON.stringify(CONNECTIONS.map((each) => atProviders(each, "http://127.0.0.1:1")));
    expect(file).toContain("http://127.0.0.1:1/v1/chat/completions");
    expect(file).toContain("http://127.0.0.1:1/oauth2/token");
    expect(file).not.toContain("https:");
  });

  it("redraws a coloured table on a terminal", async () => {
    const { terminal, written } = fakeTerminal();
    expect(await playDemo(terminal, SCENARIOS.slice(1, 4))).toBe(true);
    expect(written()).toContain("\x1b[4A\x1b[J");
    expect(written()).toContain("\x1b[32mREADY");
    expect(written()).toContain("\x1b[31mINVALID_AUTH");
  });

  it("stops at a failed assertion and prints the path of the function's log", async () => {
    const { terminal, written } = fakeTerminal({ isTTY: false });
    expect(await playDemo(terminal, [FAILING, ...SCENARIOS])).toBe(false);
    expect(written()).toContain("✗ The run succeeded");
    const [, logFile = ""] = /The function's log: (\S+function\.log)/.exec(written()) ?? [];
    expect(readFileSync(logFile, "utf8")).toContain("EventError");
    rmSync(dirname(logFile), { recursive: true });
    expect(written()).not.toContain("2. ");
  });
});
