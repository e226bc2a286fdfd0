import { describe, expect, it } from "vitest";
import type { Alert } from "../../../src/rotation/alert/alert.ts";
import { createStartAlert } from "../../../src/rotation/alert/start-alert.ts";
import { ConfigError, ERROR_CLASSES } from "../../../src/rotation/errors.ts";
import { ALERT_CASES } from "../../support/alert-cases.ts";
import { CONTEXT, sentAlert } from "../../support/alerts.ts";

const NARROW = 38;
const WIDTH = 80;

const START_ALERTS = [
  {
    name: "not-started-config",
    write: () =>
      createStartAlert(
        new ConfigError("connections.json", ["connections[0].type: is missing", "environments: is missing"]),
        CONTEXT,
      ),
  },
  {
    name: "not-started-internal",
    write: () => createStartAlert(new TypeError("Unexpected error."), CONTEXT),
  },
];

const ALERTS: readonly { readonly name: string; readonly write: () => Alert }[] = [
  ...ALERT_CASES.map(({ name, outcomes, ...options }) => ({
    name,
    write: () => sentAlert(outcomes, options),
  })),
  ...START_ALERTS,
];

function shown({ subject, text, sms, attributes }: Alert): string {
  return `${subject}\n${"=".repeat(subject.length)}\n\n${text}\n\n-- SMS, ${sms.length} characters --\n${sms}\n\n-- attributes --\n${JSON.stringify(attributes)}\n`;
}

describe("the alert of each kind of failure, as people and telephones get it", () => {
  it.each(ALERTS)("is as reviewed: $name", async ({ name, write }) => {
    await expect(shown(write())).toMatchFileSnapshot(`texts/${name}.txt`);
  });

  it.each(ALERTS)("fits into a subject, an SMS, a telephone and a mail: $name", ({ write }) => {
    const alert = write();
    expect(alert.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(alert.sms).toMatch(/^[\x20-\x7e]{1,140}$/);
    const [head = "", ...rest] = alert.text.split("\n\n");
    for (const line of head.split("\n")) expect(line.length, line).toBeLessThanOrEqual(NARROW);
    for (const line of rest.join("\n").split("\n")) {
      const isToCopy = /https:|--payload|npx |confluent flink/.test(line);
      if (!isToCopy) expect(line.length, line).toBeLessThanOrEqual(WIDTH);
    }
  });

  it("exists for each error class", () => {
    const told = new Set(ALERTS.flatMap(({ write }) => write().attributes["errorClass"] ?? []));
    expect([...ERROR_CLASSES].filter((each) => !told.has(each))).toEqual([]);
  });
});
