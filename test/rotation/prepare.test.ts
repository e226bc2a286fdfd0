import { describe, expect, it } from "vitest";
import { NOW } from "../support/builders.ts";
import { openRun } from "../support/fake-run.ts";

const REMARK = "The username from secret openai begins or ends with white space; it is sent unchanged.";

describe("an unusual value in a secret", () => {
  const open = (dryRun: boolean) => {
    const opened = openRun({
      connections: [{ name: "a", type: "MONGODB" }],
      trigger: { kind: "direct", dryRun },
    });
    opened.add("a", { type: "MONGODB" });
    opened.secrets.add("openai", { versionId: "v2", value: `{"username":" u","password":"p"}`, at: NOW });
    return opened;
  };

  it("is sent unchanged, with a note that names the connection and the secret", async () => {
    const { run, notes, confluent } = open(false);
    expect(await run()).toMatchObject([{ outcome: "ready" }]);
    expect(notes).toEqual([[REMARK, { connection: "a", secret: "openai" }]]);
    expect(confluent.connection("a").data["USERNAME"]).toBe(" u");
  });

  it("is mentioned by a dry run after the options that would be sent", async () => {
    const { run } = open(true);
    expect(await run()).toMatchObject([
      { outcome: "planned", message: `Would send username, password. ${REMARK}` },
    ]);
  });
});

describe("a connection that does not exist, with a secret that cannot be used", () => {
  it("is reported as not found, so that no report says that its previous key works", async () => {
    const { run, secrets } = openRun({ connections: [{ name: "a", type: "MONGODB" }] });
    secrets.add("openai", { versionId: "v2", value: `{"username":"u"}`, at: NOW });
    expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "not-found" }]);
  });
});
