import { describe, expect, it } from "vitest";
import { CONNECTIONS } from "../../src/sandbox/demo/connections.ts";
import { runCli } from "../support/child.ts";

describe("the demo", () => {
  it("succeeds in a pipe and prints plain lines", async () => {
    const { code, stdout, stderr } = await runCli(["sandbox", "--demo"]);
    for (const { environment, name, type } of CONNECTIONS)
      expect(stdout).toContain(`${environment}/${name} (${type}): READY`);
    expect(stdout).toContain(
      "[DOWN 1] prod/aws-ai: new key refused; 2 of 3 connections keep the previous one",
    );
    expect(stdout).toContain(
      "[NOT ROTATED 3] prod/aws-ai: its provider refuses the new key; all 3 keep the previous key",
    );
    expect(stdout.replace(/\n│ +/g, " ")).toMatch(
      /127\.0\.0\.1:\d+ refused the key \(HTTP 403, InvalidClientTokenId\)\. Nothing was put/,
    );
    expect(stdout).toContain("prod/fraud-sagemaker (SAGEMAKER): not touched");
    expect(stdout).toContain(
      "[DOWN 1] staging/agents: new key refused; 1 of 2 connections keeps the previous one",
    );
    expect(stdout).toContain("staging/partner-a2a (A2A): not touched");
    expect(stdout).toContain("staging/tickets-rest (REST): no phase");
    expect(stdout).toContain("✓ There was no phase; a statement used the connection and proved the key");
    expect(stdout).toContain("✓ The statement ticket-answers was stopped and resumed");
    expect(stdout).not.toContain("\x1b");
    expect(stdout).not.toContain("✗");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  }, 60_000);
});
