import { describe, expect, it } from "vitest";
import type { RunContext } from "../../src/rotation/dependencies.ts";
import { SecretError } from "../../src/rotation/errors.ts";
import { openRun, type RunOptions } from "../support/fake-run.ts";
import { API_KEY_SECRET } from "../support/fake-world.ts";

const LABEL = "FLINK_READY";

describe("connections that name the same secret in different ways", () => {
  const ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:openai-a1B2c3";
  const NAMED = [
    { name: "a", secret: "openai" },
    { name: "b", secret: ARN },
    { name: "c", secret: ARN.slice(0, -7), canary: true },
  ];

  function openNamed(arnOf: (secretId: string) => string | undefined, options: RunOptions = {}) {
    const opened = openRun({ connections: NAMED, ...options });
    const { context, add } = opened;
    for (const name of ["a", "b", "c"]) add(name);
    const read: RunContext["secrets"]["read"] = async (secretId, selector) => {
      if (secretId === API_KEY_SECRET) return context.secrets.read(secretId, selector);
      const version = await context.secrets.read("openai", selector);
      const arn = arnOf(secretId);
      return version && { ...version, ...(arn !== undefined && { arn }) };
    };
    return { ...opened, run: () => opened.run({ secrets: { ...context.secrets, read } }) };
  }

  it("have one canary and one label", async () => {
    const { run, confluent, secrets } = openNamed(() => ARN, {
      settings: { propagationLabel: LABEL },
      confluent: { latencyMs: () => 100 },
    });
    expect(await run()).toMatchObject([{ outcome: "ready" }, { outcome: "ready" }, { outcome: "ready" }]);
    const puts = confluent.requests.filter(({ method }) => method === "PUT");
    expect(puts.map(({ name }) => name).toSorted()).toEqual(["a", "b", "c"]);
    expect(puts[0]?.name).toBe("c");
    expect(puts[1]?.sentAt).toBeGreaterThan(puts[0]?.sentAt ?? 0);
    expect(puts[2]?.sentAt).toBe(puts[1]?.sentAt);
    expect(secrets.moves).toEqual([{ secretId: "openai", label: LABEL, to: "v1" }]);
  });

  it("are updated independently if the names turn out to mean several secrets", async () => {
    const { run, confluent } = openNamed((secretId) => `arn-of-${secretId}`);
    await run();
    const puts = confluent.requests.filter(({ method }) => method === "PUT");
    expect(new Set(puts.map(({ sentAt }) => sentAt)).size).toBe(1);
  });

  it("are updated without the one whose name of the secret cannot be read", async () => {
    const { run, confluent } = openNamed((secretId) => {
      if (secretId === ARN) throw new SecretError("Denied.");
      return ARN;
    });
    expect(await run()).toMatchObject([
      { name: "a", outcome: "ready" },
      { name: "b", outcome: "failed", errorClass: "secret", message: "Denied." },
      { name: "c", outcome: "ready" },
    ]);
    expect(confluent.connection("b").puts).toEqual([]);
  });
});
