import { describe, expect, it } from "vitest";
import { SecretError } from "../../../src/rotation/errors.ts";
import { sentAlert } from "../../support/alerts.ts";
import { openRun, type RunOptions } from "../../support/fake-run.ts";
import { API_KEY_SECRET } from "../../support/fake-world.ts";

describe("an alert does not say that a previous key still works", () => {
  const failing = (secret: string): RunOptions => ({
    secrets: {
      fault: (id) => (id === secret ? new SecretError(`Secret ${secret} does not exist.`) : undefined),
    },
  });

  it.each([
    { what: "the secret of the connections", secret: "openai" },
    { what: "the rotator's Confluent API key", secret: API_KEY_SECRET },
  ])("if the run could not read $what", async ({ secret }) => {
    const { run, add } = openRun(failing(secret));
    add("a", { initially: "invalidAuth" });
    const { text } = sentAlert(await run());
    expect(text.split("\n\n")[0]?.split("\n")).toEqual([
      "NOTHING WAS CHANGED.",
      "NOT TOUCHED, with the key they had:",
      "  a",
      "Do not revoke the previous key.",
    ]);
  });
});
