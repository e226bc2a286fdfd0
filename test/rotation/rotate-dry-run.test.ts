import { describe, expect, it } from "vitest";
import { openRun } from "../support/fake-run.ts";

describe("a dry run", () => {
  it("says what it would send, and sends nothing", async () => {
    const { run, add, confluent } = openRun({ trigger: { kind: "direct", dryRun: true } });
    add("a", { detail: "as it was" });
    expect(await run()).toMatchObject([
      {
        outcome: "planned",
        message: "Would send api-key.",
        phase: "READY",
        detail: "as it was",
        secretVersionId: "v1",
      },
    ]);
    expect(confluent.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("names every option that it would send, and omits an empty detail", async () => {
    const connections = [{ name: "a", type: "MONGODB" }];
    const { run, add, secrets } = openRun({ connections, trigger: { kind: "direct", dryRun: true } });
    add("a", { type: "MONGODB" });
    secrets.add("openai", { versionId: "v2", value: `{"username":"u","password":"p"}` });
    const [outcome] = await run();
    expect(outcome).toMatchObject({ outcome: "planned", message: "Would send username, password." });
    expect(outcome).not.toHaveProperty("detail");
  });

  it("reports problems as a real run does", async () => {
    const { run } = openRun({ trigger: { kind: "direct", dryRun: true } });
    expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "not-found" }]);
  });

  it("takes place only if the call asks for it", async () => {
    const { run, add } = openRun({ trigger: { kind: "direct" } });
    add("a");
    expect(await run()).toMatchObject([{ outcome: "ready" }]);
  });
});
