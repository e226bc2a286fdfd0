import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { deploy } from "../support/deployment.ts";
import { eventually } from "../support/eventually.ts";
import { everythingOf, FORMS, leaksIn } from "../support/leaks.ts";
import { API_KEY } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const KEY = 'sk-"marker\\7f3a/+ü?&=% 9c1d2e4b8a60';
const BASIC = Buffer.from(`${API_KEY.key}:${API_KEY.secret}`).toString("base64");
const MARKERS = [KEY, API_KEY.key, API_KEY.secret, BASIC];

describe("the built function in its own process", () => {
  it.each(["DEBUG", "TRACE"])(
    "row 15: shows no secret that servers quote, with the log at %s",
    async (level) => {
      const quotes = MARKERS.flatMap((marker) => Object.values(FORMS).map((form) => form(marker)));
      const { aws, confluent, invoke } = await deploy({
        key: KEY,
        accepts: [],
        detail: `It says ${quotes.join(" ")}.`,
        env: { POWERTOOLS_LOG_LEVEL: level },
      });
      aws.fail({ operation: "Publish", times: 1, error: "InvalidParameter", message: quotes.join(" ") });
      const refused = await invoke(SCHEDULE);
      const fault = { kind: "status", status: 400, text: `It says ${quotes.join(" ")}.` } as const;
      confluent.fail({ method: "PUT", times: 2, fault });
      const failed = await invoke(SCHEDULE);
      const direct = await invoke({});
      const seen = everythingOf([refused, failed, direct, aws.published()]);
      expect(leaksIn(seen, MARKERS)).toEqual([]);
      expect(leaksIn([refused, failed, direct].map(({ printed }) => printed).join(""), MARKERS)).toEqual([]);
      expect(seen).toContain("It says [redacted]");
      expect(refused.printed).toContain("ALERT_FAILED");
      expect(refused.printed).toContain('"CloudWatchMetrics"');
    },
  );

  it("row 18: publishes the alert at a second attempt if the first gets no response", async () => {
    const { aws, invoke } = await deploy({ key: KEY, accepts: [] });
    aws.fail({ operation: "Publish", times: 1, connection: "silence" });
    const { error } = await invoke(SCHEDULE);
    expect(error?.message).toBe("[FAILED] Flink connections prod: 1 of 2 failed, 1 not attempted (rejected)");
    expect(aws.published()).toHaveLength(1);
  });

  it.each(["a", "b"])(
    "row 23: succeeds in the next run if it was killed after the PUT of %s",
    async (name) => {
      const { aws, confluent, start, invoke } = await deploy({ key: KEY });
      const killed = start(SCHEDULE);
      await eventually(() => expect(confluent.connection(name).puts).toHaveLength(1));
      killed.kill("SIGKILL");
      await once(killed, "close");
      const { report } = await invoke(SCHEDULE);
      expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
      for (const each of ["a", "b"]) expect(confluent.connection(each).data["API_KEY"]).toBe(KEY);
      expect(aws.published()).toEqual([]);
    },
  );

  it.each([
    ["silent", "good", 2, "applied"],
    ["credulous", "bad", 2, "ready"],
    ["controller", "good", 2, "ready"],
    ["controller", "bad", 1, "failed"],
    ["prompt", "good", 2, "ready"],
    ["prompt", "bad", 1, "failed"],
  ] as const)(
    "row 28: with a service that is %s sends a %s key to %d of two connections, and it is %s",
    async (world, key, holders, outcome) => {
      const { confluent, invoke } = await deploy({ key, world, verdictAfterMs: 200, accepts: ["good"] });
      const { report, error } = await invoke(SCHEDULE);
      const held = ["a", "b"].filter((name) => confluent.connection(name).data["API_KEY"] === key);
      expect(held).toHaveLength(holders);
      if (outcome === "failed") expect(error?.message).toContain("1 of 2 failed, 1 not attempted (rejected)");
      else expect(report).toMatchObject({ outcome: "succeeded", counts: { [outcome]: 2 } });
    },
  );
});
