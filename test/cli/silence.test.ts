import { describe, expect, it } from "vitest";
import { silenceRemark } from "../../src/cli/silence.ts";
import { startOperator } from "../support/operator.ts";

const TWO = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "openai" },
];
const SILENT = { world: "silent" } as const;
const APPLIED =
  "Confluent reports no phase for its connections: an accepted key counts as applied, and no phase shows whether it works.";

describe("the remark on an environment without phases", () => {
  it("is absent if every connection has a phase", () => {
    expect(silenceRemark(["READY", "INVALID_AUTH", "PENDING"], "auto")).toBeUndefined();
    expect(silenceRemark([], "auto")).toBeUndefined();
  });

  it("counts the connections without a phase if others have one", () => {
    expect(silenceRemark(["READY", ""], "auto")).toContain("no phase for 1 of 2 connections");
  });

  it("says that updates end as unverified if READY is required", () => {
    expect(silenceRemark([""], "ready")).toContain("every update ends as unverified, with an alert");
  });

  it("is shown by status, which counts these connections as healthy", async () => {
    const { run } = await startOperator({ connections: TWO, confluent: SILENT });
    const { code, out } = await run(["status"]);
    expect(out).toMatch(/prod +a +OPENAI +healthy +none /);
    expect(out).toContain(`prod: ${APPLIED}`);
    expect(out).toContain("\n2 healthy.");
    expect(code).toBe(0);
  });

  it("is shown by status, which counts these connections as unhealthy if READY is required", async () => {
    const config = { verification: { require: "ready" } };
    const { run } = await startOperator({ connections: TWO, confluent: SILENT, config });
    const { code, out } = await run(["status"]);
    expect(out).toContain("\n2 unhealthy.");
    expect(code).toBe(1);
  });

  it("is shown by check", async () => {
    const { run } = await startOperator({ connections: TWO, confluent: SILENT });
    const { code, out } = await run(["check"]);
    expect(out).toContain(`✓ environment prod: 2 connections in env-1. ${APPLIED}`);
    expect(code).toBe(0);
  });
});
