import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { CONNECTIONS } from "../../../src/sandbox/demo/connections.ts";
import { playDemo } from "../../../src/sandbox/demo/play.ts";
import { ACTS, type Act } from "../../../src/sandbox/demo/scenarios.ts";
import { runCli } from "../../support/child.ts";
import { fakeTerminal } from "../../support/terminal.ts";

/** Too short for a run. */
const NOTHING: Act = {
  title: "Nothing",
  connections: CONNECTIONS.slice(0, 1),
  begin: (play) => play.rotator.invoke({ trigger: "schedule", and: "nonsense" }),
  claims: (_play, run) => [["The run succeeded", "report" in run]],
};

describe("the demo", () => {
  it("shows a dozen connections of a dozen types in two environments", () => {
    expect(new Set(CONNECTIONS.map(({ type }) => type)).size).toBe(12);
    expect(new Set(CONNECTIONS.map(({ environment }) => environment)).size).toBe(2);
  });

  it("plays to its end by itself in a pipe, in plain lines", async () => {
    const { code, stdout, stderr } = await runCli(["sandbox", "--demo"]);
    for (const { environment, name, type } of CONNECTIONS)
      expect(stdout).toContain(`${environment}/${name} (${type}): READY`);
    expect(stdout).toContain("[FAILED] Flink connections prod: 1 of 3 failed, 2 not attempted (rejected)");
    expect(stdout).toContain("prod/fraud-sagemaker (SAGEMAKER): not touched");
    expect(stdout).not.toContain("\x1b");
    expect(stdout).not.toContain("✗");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("draws a table over itself in a terminal", async () => {
    const { terminal, written } = fakeTerminal();
    expect(await playDemo(terminal, ACTS.slice(1))).toBe(true);
    expect(written()).toContain("\x1b[4A\x1b[J");
    expect(written()).toContain("\x1b[32mREADY");
    expect(written()).toContain("\x1b[31mINVALID_AUTH");
  });

  it("fails where a step does not end as it should, and says where the function's log is", async () => {
    const { terminal, written } = fakeTerminal({ isTTY: false });
    expect(await playDemo(terminal, [NOTHING, ...ACTS])).toBe(false);
    expect(written()).toContain("✗ The run succeeded");
    const [, logFile = ""] = /The function's log: (\S+function\.log)/.exec(written()) ?? [];
    expect(readFileSync(logFile, "utf8")).toContain("EventError");
    rmSync(dirname(logFile), { recursive: true });
    expect(written()).not.toContain("2. ");
  });
});
