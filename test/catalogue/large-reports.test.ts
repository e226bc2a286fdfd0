import { describe, expect, it } from "vitest";
import { captureOutput } from "../support/output.ts";
import { startWorld, type World } from "../support/world.ts";

/** Lambda's limit for the response of an invocation. */
const LIMIT = 6 * 1024 * 1024;
const HOUR_AGO = { createdAt: Date.parse("2026-03-21T09:00:00Z") };

/** Connections of one secret with a key that all of them refuse. */
async function startRefused(count: number): Promise<World> {
  const connections = Array.from({ length: count }, (_, index) => ({
    name: `a-connection-with-a-long-name-${index}`.padEnd(100, "-"),
    secret: "openai",
  }));
  const world = await startWorld({ connections, confluent: { accepts: ["good"], detail: "x".repeat(400) } });
  world.aws.putSecret("openai", "bad", HOUR_AGO);
  return world;
}

describe("the report of a function", () => {
  it("row 44: is cut if it exceeds Lambda's response limit, but keeps its failures and says where the rest is", async () => {
    const lines = captureOutput();
    const world = await startRefused(13_000);
    const report = await world.invoke({});
    const size = Buffer.byteLength(JSON.stringify(report));
    expect(size).toBeLessThan(LIMIT);
    expect(size).toBeGreaterThan(LIMIT / 3);
    expect(report.counts).toMatchObject({ failed: 1, "not-attempted": 12_999 });
    expect(report.omitted).toEqual({
      connections: 13_000 - report.connections.length,
      message: expect.stringContaining("The log of the rotator function has each of them (code CONNECTION)."),
    });
    expect(report.connections[0]).toMatchObject({ outcome: "failed" });
    const logged = lines().filter(({ code }) => code === "CONNECTION");
    expect(logged).toHaveLength(13_000);
  });

  it("row 44: is complete if it fits into Lambda's response", async () => {
    const world = await startRefused(100);
    const report = await world.invoke({});
    expect(report.connections).toHaveLength(100);
    expect(report).not.toHaveProperty("omitted");
  });
});
