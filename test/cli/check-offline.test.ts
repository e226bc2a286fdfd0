import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";
import { TWO_SECRETS } from "./connections.ts";

describe("check --offline", () => {
  it("needs no network and no AWS credentials", async () => {
    const { run, aws, confluent } = await startOperator({ connections: TWO_SECRETS });
    const { code, out, err } = await run(["check", "--offline"]);
    expect(out).toBe("✓ configuration: 2 connections, no faults\n\nAll checks passed.\n");
    expect(err).toBe(
      "Only the file was checked. For secrets, environments and connections, run: flink-connection-rotator check\n",
    );
    expect([...aws.requests, ...confluent.requests]).toEqual([]);
    expect(code).toBe(0);
  });

  it("names the file in the next command if it is not the default one", async () => {
    const { run, folder, env } = await startOperator({ connections: TWO_SECRETS });
    const other = join(folder, "the other.json");
    copyFileSync(env["CONNECTIONS_FILE"] ?? "", other);
    const { err } = await run(["check", "--offline", "--config", other]);
    expect(err).toContain(`run: flink-connection-rotator check --config '${other}'`);
    writeFileSync(other, "[]");
    expect((await run(["status", "--config", other])).err).toContain(
      `Correct the file, then run: flink-connection-rotator check --config '${other}'\n`,
    );
    expect(await run(["check", "--offline", "--config", other])).toMatchObject({ code: 2, err: "" });
  });

  it("reports every fault of the file and a topic that cannot receive alerts", async () => {
    const { run } = await startOperator({ connections: [{ name: "a", secret: "" }] });
    expect(await run(["check", "--offline"])).toMatchObject({
      code: 2,
      out: expect.stringContaining("connections[0].secret (a): must not be empty"),
    });
    const { run: again } = await startOperator({ connections: TWO_SECRETS });
    const { code, out } = await again(["check", "--offline", "--topic", "arn:aws:sqs:us-east-1:1:q"]);
    expect(out).toContain("✗ alert topic: The topic is arn:aws:sqs");
    expect(code).toBe(1);
  });

  it("remarks on settings without an effect or with an unlikely one", async () => {
    const { run } = await startOperator({
      connections: [
        { name: "a", secret: "openai", canary: true },
        { name: "b", secret: "openai", canary: true },
        { name: "c", secret: "confluent/key" },
      ],
      config: { refresh: "when-stale" },
    });
    const { code, out } = await run(["check", "--offline"]);
    expect(out).toContain('! refresh: "when-stale" has no effect without propagationLabel.');
    expect(out).toContain(
      "! prod/b: canary has no effect, because prod/a is already the canary of secret openai.",
    );
    expect(out).toContain("! prod/c: secret confluent/key is also the apiKeySecret of prod");
    expect(code).toBe(0);
  });

  it("remarks on a canary if rollout.canary is false", async () => {
    const { run } = await startOperator({
      connections: [{ name: "a", secret: "openai", canary: true }],
      config: { rollout: { canary: false } },
    });
    const { out } = await run(["check", "--offline"]);
    expect(out).toContain("! prod/a: canary has no effect, because rollout.canary is false.");
  });
});
