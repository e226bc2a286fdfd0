import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DAY, HOUR, type Incident, putKey, SCHEDULE, startIncident } from "../infra/incident.ts";

const NOON = 2 * DAY + 12 * HOUR;
const BAD = "bad-key-0123456789";
const NEXT = "good-key-for-later-0123456789";

/** The table in docs/alerts.md: an event on day 2 and the messages until the end of the last day. */
const SITUATIONS: readonly [string, readonly string[], (on: Incident) => Promise<number>][] = [
  [
    "every run succeeds",
    [],
    async (on) => {
      await on.days(2, 4);
      return 4;
    },
  ],
  [
    "row 78: a key is refused, and the next one is accepted",
    ["ALERT", "RECOVERED FailedConnections"],
    async (on) => {
      await on.days(2, 2);
      await on.invoke(putKey(on, "openai", BAD), NOON);
      await on.invoke(putKey(on, "openai", NEXT), NOON + 2 * HOUR);
      await on.days(3, 4);
      return 4;
    },
  ],
  [
    "row 78: a key stays refused for two scheduled runs",
    ["ALERT", "ALERT", "ALERT", "RECOVERED FailedConnections"],
    async (on) => {
      await on.days(2, 2);
      await on.invoke(putKey(on, "openai", BAD), NOON);
      await on.days(3, 4);
      putKey(on, "openai", NEXT);
      await on.days(5, 5);
      return 5;
    },
  ],
  [
    "row 78: a refused run takes 14 minutes",
    ["ALERT"],
    async (on) => {
      await on.days(2, 2);
      await on.invoke(putKey(on, "openai", BAD), NOON, 14);
      return 2;
    },
  ],
  [
    "row 78: another secret's key is accepted while the first is still refused",
    ["ALERT"],
    async (on) => {
      await on.days(2, 2);
      await on.invoke(putKey(on, "openai", BAD), NOON);
      await on.invoke(putKey(on, "anthropic", NEXT), NOON + HOUR);
      await on.invoke({ connections: ["b"] }, NOON + 2 * HOUR);
      return 2;
    },
  ],
  [
    "row 78: a dry run finds a fault, or none while a key is refused",
    ["ALERT"],
    async (on) => {
      await on.days(2, 2);
      await on.invoke({ dryRun: true }, NOON);
      await on.invoke(putKey(on, "openai", BAD), NOON + HOUR);
      await on.invoke({ dryRun: true }, NOON + 2 * HOUR);
      return 2;
    },
  ],
  [
    "row 80: there are only dry runs and the schedule starts no run",
    ["ALARM NoRun"],
    async (on) => {
      for (const day of [2, 3, 4]) await on.invoke({ dryRun: true }, day * DAY);
      return 4;
    },
  ],
  [
    "row 80: the schedule starts no run for two days, while a secret changes",
    ["ALARM NoRun", "RECOVERED NoRun"],
    async (on) => {
      await on.invoke(putKey(on, "openai", NEXT), NOON);
      await on.days(5, 5);
      return 5;
    },
  ],
  [
    "row 79: a run crashes",
    ["ALARM FunctionErrors"],
    async (on) => {
      await on.days(2, 2);
      on.crash(NOON);
      await on.days(3, 3);
      return 3;
    },
  ],
  [
    "row 79: a run times out after 15 minutes",
    ["ALARM FunctionErrors"],
    async (on) => {
      await on.days(2, 2);
      on.crash(NOON, 15);
      return 2;
    },
  ],
  [
    "row 79: an unsupported event arrives",
    ["ALARM FunctionErrors"],
    async (on) => {
      await on.days(2, 2);
      await on.invoke({ Records: [] }, NOON);
      return 2;
    },
  ],
  [
    "row 80: EventBridge cannot deliver an event, and somebody purges the queue",
    ["ALARM DeadLetters", "RECOVERED DeadLetters"],
    async (on) => {
      await on.days(2, 2);
      on.deadLetter(NOON, NOON + 3 * HOUR);
      return 2;
    },
  ],
  [
    "row 80: Lambda drops an event after an hour",
    ["ALARM EventAge"],
    async (on) => {
      await on.days(2, 2);
      on.drop(NOON);
      return 2;
    },
  ],
  [
    "row 78: a direct call for one connection fails and returns its report",
    ["ALERT", "RECOVERED FailedConnections"],
    async (on) => {
      await on.days(2, 2);
      putKey(on, "openai", BAD);
      await on.invoke({ connections: ["a"] }, NOON);
      putKey(on, "openai", NEXT);
      await on.invoke({}, NOON + HOUR);
      await on.days(3, 3);
      return 3;
    },
  ],
  [
    "row 78: a direct call with alert: false fails",
    [],
    async (on) => {
      await on.days(2, 2);
      putKey(on, "openai", BAD);
      await on.invoke({ connections: ["a"], alert: false }, NOON);
      putKey(on, "openai", NEXT);
      await on.days(3, 3);
      return 3;
    },
  ],
];

describe("the messages to the alert topic", () => {
  it.each(SITUATIONS)("%s: %j", async (_, expected, happen) => {
    const incident = await startIncident();
    const lastDay = await happen(incident);
    expect(incident.messages(lastDay)).toEqual(expected);
  });

  it("of a new stack are the alarm about missing runs and its recovery", async () => {
    const incident = await startIncident();
    expect(incident.messages(1, 0)).toEqual(["ALARM NoRun", "RECOVERED NoRun"]);
  });

  it("row 79: include an alarm about the error if the alert cannot be sent", async () => {
    const incident = await startIncident();
    await incident.days(2, 2);
    incident.world.aws.fail({ operation: "Publish", error: "NotFound" });
    await incident.invoke(putKey(incident, "openai", BAD), NOON);
    expect(incident.messages(2)).toEqual(["ALARM FunctionErrors"]);
  });

  it("are an alert if the configuration is invalid and a recovery once a scheduled run succeeds", async () => {
    const incident = await startIncident();
    await incident.days(2, 2);
    const { CONNECTIONS_FILE = "" } = incident.world.env;
    const valid = readFileSync(CONNECTIONS_FILE, "utf8");
    writeFileSync(CONNECTIONS_FILE, "{}");
    await incident.invoke(SCHEDULE, NOON);
    writeFileSync(CONNECTIONS_FILE, valid);
    await incident.days(3, 3);
    expect(incident.messages(3)).toEqual(["ALERT", "RECOVERED FailedConnections"]);
  });
});
