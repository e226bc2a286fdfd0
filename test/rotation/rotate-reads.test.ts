import { describe, expect, it } from "vitest";
import { NOW } from "../support/builders.ts";
import { openRun } from "../support/fake-run.ts";
import { API_KEY_SECRET } from "../support/fake-world.ts";

describe("a run", () => {
  it("reads the rotator's API key once for all environments that share it", async () => {
    const { run, add, secrets } = openRun({
      connections: [{ name: "a" }, { name: "b", environment: "test" }],
    });
    add("a");
    add("b");
    await run();
    expect(secrets.reads.filter(({ secretId }) => secretId === API_KEY_SECRET)).toHaveLength(1);
  });

  it("reads the connections as soon as it has the rotator's API key, while it reads the other secrets", async () => {
    const { run, add, secrets, confluent, context } = openRun({
      secrets: { latencyMs: () => 10 },
      confluent: { latencyMs: () => 25 },
    });
    add("a");
    const looksBefore: number[] = [];
    const read: typeof secrets.read = (secretId, selector) => {
      if (secretId === "openai") looksBefore.push(confluent.requests.length);
      return secrets.read(secretId, selector);
    };
    await run({ secrets: { ...context.secrets, read } });
    expect(looksBefore[0]).toBe(1);
    const [look] = confluent.requests;
    const other = secrets.reads.find(({ secretId }) => secretId === "openai");
    expect([look?.sentAt, other?.sentAt]).toEqual([NOW + 20, NOW + 20]);
  });

  it("is not delayed if the API key of another environment cannot be read", async () => {
    const { run, add, confluent, context, secrets } = openRun({
      connections: [{ name: "a" }, { name: "b", environment: "test", secret: "other" }],
      settings: {
        apiKeySecrets: new Map([
          ["test", "hanging"],
          ["prod", API_KEY_SECRET],
        ]),
      },
    });
    add("a");
    const read: typeof secrets.read = (secretId, selector) =>
      secretId === "hanging" ? new Promise(() => undefined) : secrets.read(secretId, selector);
    await run({ secrets: { ...context.secrets, read } });
    expect(confluent.requests.find(({ method }) => method === "PUT")?.sentAt).toBe(NOW);
  });

  it("reads the rotator's API key again if it is refused", async () => {
    const { run, add, secrets } = openRun({
      confluent: {
        latencyMs: () => 200,
        fault: ({ apiKey }) => (apiKey === "flink-key" ? "unauthorized" : undefined),
      },
    });
    add("a");
    secrets.add(API_KEY_SECRET, { versionId: "key-2", value: "flink-key-2:secret", at: NOW + 300 });
    expect(await run()).toMatchObject([{ outcome: "ready" }]);
    expect(secrets.reads.filter(({ secretId }) => secretId === API_KEY_SECRET)).toHaveLength(2);
  });
});
