import { describe, expect, it } from "vitest";
import { adviceOn } from "../../src/rotation/advice.ts";
import { ERROR_CLASSES } from "../../src/rotation/errors.ts";
import type { OutcomeKind } from "../../src/rotation/outcome.ts";

const ORDERS = { name: "orders", environment: "prod", secret: "prod/openai" };

const ADVICE: Readonly<Record<(typeof ERROR_CLASSES)[number], RegExp>> = {
  config: /^Correct connections\.json and deploy it\.$/,
  secret: /^Put a complete value into secret prod\/openai;/,
  guard: /^Compare the entry of orders in connections\.json with the connection in prod,/,
  "not-found": /^Check the name orders, and environmentId, cloud and region of prod in connections\.json;/,
  unauthorized: /^Check the Flink API key of environment prod .* EnvironmentAdmin or OrganizationAdmin\.$/,
  rejected: /^Check the key in secret prod\/openai against its provider,/,
  unreachable: /^Check that the endpoint resolves .* then rotate orders again\.$/,
  throttled: /^Rotate orders again when other clients at the same address send fewer requests\.$/,
  service: /^Rotate orders again; .* request id to Confluent's support\.$/,
  timeout: /^Rotate orders again when Confluent answers in time\.$/,
  superseded: /^Rotate orders again, so that it gets the newest version of secret prod\/openai\.$/,
  internal: /^Report this as a bug,/,
};

describe("the advice on a failure", () => {
  it.each(ERROR_CLASSES)("of class %s names what to check or to do", (errorClass) => {
    expect(adviceOn(errorClass, "failed", ORDERS)).toMatch(ADVICE[errorClass]);
  });

  it.each<{ outcome: OutcomeKind; advice: string }>([
    {
      outcome: "unverified",
      advice: "Check orders in Confluent Cloud; if it is still not READY, rotate it again.",
    },
    { outcome: "not-attempted", advice: "Rotate orders again: nothing was sent to it." },
  ])("of class timeout depends on what was sent: $outcome", ({ outcome, advice }) => {
    expect(adviceOn("timeout", outcome, ORDERS)).toBe(advice);
  });
});
