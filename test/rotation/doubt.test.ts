import { describe, expect, it } from "vitest";
import type { RotationSettings } from "../../src/rotation/dependencies.ts";
import { openRollout, refusing } from "../support/fake-rollout.ts";

const VALID = { verdict: "valid", host: "api.example.com" } as const;

/** The connection `silent` never shows a phase; `speaking` refuses the key. */
const connections = { silent: { world: "silent" }, speaking: refusing("v1"), other: {} } as const;

function openRefusal(settings: Partial<RotationSettings> = {}, context = {}) {
  return openRollout({ connections, settings, context });
}

describe("a key that got no phase, and that Confluent refuses for another connection", () => {
  it("is not said to be applied", async () => {
    const { rotate } = openRefusal();
    expect(await rotate()).toMatchObject({
      silent: {
        outcome: "unverified",
        errorClass: "rejected",
        message: "Confluent reports no phase for this connection, but the same key was refused for speaking.",
        evidence: { phase: "silent" },
      },
      speaking: { outcome: "failed", errorClass: "rejected" },
      other: { outcome: "not-attempted", errorClass: "rejected" },
    });
  });

  it("is not said to be applied if another value was sent with it", async () => {
    const { rotate } = openRollout({
      connections: { silent: { world: "silent", type: "MCP_SERVER" }, speaking: refusing("v1") },
      listed: {
        silent: {
          type: "MCP_SERVER",
          credentials: {
            kind: "options",
            fields: "api-key",
            values: { "sse-endpoint": "https://mcp.example.com" },
          },
        },
      },
    });
    expect(await rotate()).toMatchObject({ silent: { outcome: "unverified", errorClass: "rejected" } });
  });

  it("is replaced by the previous one if that is configured", async () => {
    const { rotate, puts } = openRefusal({ onRejected: "rollback" });
    expect(await rotate()).toMatchObject({
      silent: { outcome: "rolled-back", secretVersionId: "v0" },
      speaking: { outcome: "rolled-back", secretVersionId: "v0" },
    });
    expect(puts().toSorted()).toEqual(["silent v0", "silent v1", "speaking v0", "speaking v1"]);
  });

  it("stays if its provider accepts it", async () => {
    const { rotate, puts } = openRefusal(
      { onRejected: "rollback" },
      { providers: { ask: async () => VALID } },
    );
    expect(await rotate()).toMatchObject({ silent: { outcome: "applied", evidence: { provider: "valid" } } });
    expect(puts()).not.toContain("silent v0");
  });
});
