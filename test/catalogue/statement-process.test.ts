import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Deployment, deploy } from "../support/deployment.ts";
import { eventually } from "../support/eventually.ts";

const GOOD_KEY = "sk-good-key-0123456789";
const BAD_KEY = "sk-bad-key-9876543210";
const SCHEDULE = { trigger: "schedule" };
const INSERT = "INSERT INTO enriched SELECT * FROM orders, LATERAL TABLE(ML_PREDICT('a', o))";

/** The built function, with a statement that verifies the connection a and one that uses it. */
async function start(world: "silent" | "credulous" | "prompt"): Promise<Deployment> {
  const accepts = [GOOD_KEY, "old"];
  const deployment = await deploy({ key: GOOD_KEY, world, accepts, env: { REMAINING_MS: "300000" } });
  const { configFile, confluent } = deployment;
  const config = JSON.parse(readFileSync(configFile, "utf8"));
  config.environments.prod.statements = { restart: ["orders"] };
  config.connections[0].verify = "smoke";
  config.verification = { provider: false, statements: { smoke: { sql: "SELECT ML_PREDICT('a', 'ping')" } } };
  config.rollout = { onRejected: "rollback" };
  config.timing.graceSeconds = 0;
  writeFileSync(configFile, JSON.stringify(config));
  confluent.addStatement({ name: "orders", sql: INSERT });
  return deployment;
}

describe("the built function with statements", () => {
  it.each(["silent", "credulous"] as const)(
    "row 55: finds a bad key on the first connection of a %s service, and restores the previous key",
    async (world) => {
      const { aws, confluent, invoke } = await start(world);
      aws.putSecret("openai", BAD_KEY, { createdAt: Date.now() - 60_000 });
      const { error, openSockets, printed } = await invoke(SCHEDULE);
      expect(error?.message).toBe(
        "[FAILED] Flink connections prod: 1 of 2 rolled back, 1 not attempted (rejected)",
      );
      const keysPut = (name: string) => confluent.connection(name).puts.map(({ data }) => data["API_KEY"]);
      expect([keysPut("a"), keysPut("b")]).toEqual([[BAD_KEY, GOOD_KEY], []]);
      expect(confluent.statementNames()).toEqual(["orders"]);
      expect(openSockets).toBe(0);
      expect(printed).not.toContain(BAD_KEY);
    },
  );

  it("row 60: resumes the statement in the next run if it was killed between stop and resume", async () => {
    const { aws, confluent, start: begin, invoke } = await start("prompt");
    confluent.configureStatements({ stopMs: 1_000 });
    aws.putSecret("openai", GOOD_KEY, { createdAt: Date.now() + 5_000 });
    const killed = begin(SCHEDULE);
    await eventually(() => expect(confluent.statement("orders").phase).toBe("STOPPING"));
    killed.kill("SIGKILL");
    await once(killed, "close");
    await eventually(() => expect(confluent.statement("orders").phase).toBe("STOPPED"));
    const { report } = await invoke(SCHEDULE);
    expect(report).toMatchObject({
      outcome: "succeeded",
      statements: [{ name: "orders", action: "resumed", phase: "RUNNING" }],
    });
    expect(confluent.statement("orders").phase).toBe("RUNNING");
    expect(confluent.statementNames()).toEqual(["orders"]);
    expect(aws.published()).toEqual([]);
  }, 60_000);
});
