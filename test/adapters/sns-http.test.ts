import { describe, expect, it } from "vitest";
import { publishAlert } from "../../src/adapters/sns.ts";
import { startBench } from "../support/aws.ts";
import { alertOf, outcome, timing } from "./alert-publishing.ts";

describe("an alert over HTTP", () => {
  it("about a thousand failed connections is accepted", async () => {
    const bench = await startBench();
    const topicArn = bench.aws.createTopic("alerts");
    const connections = Array.from({ length: 1_000 }, (_, index) =>
      outcome(index, { environment: `environment-${index % 50}` }),
    );
    await publishAlert(bench.sns, alertOf(connections), { topicArn, ...timing() });
    expect(bench.aws.published()).toMatchObject([
      {
        topicArn,
        subject: "[DOWN 1000] 1000 secrets: new key refused",
        messageStructure: "json",
        attributes: { severity: { type: "String", value: "critical" } },
      },
    ]);
  });

  it.each([
    ["NotFound", "NotFound"],
    ["AuthorizationError", "AuthorizationError"],
    ["KMSAccessDenied", "KMSAccessDenied"],
    ["Throttled", "Throttled"],
  ])("fails with SNS's error: %s", async (error, name) => {
    const bench = await startBench();
    const topicArn = bench.aws.createTopic("alerts");
    bench.aws.fail({ operation: "Publish", error });
    await expect(publishAlert(bench.sns, alertOf([outcome(1)]), { topicArn, ...timing() })).rejects.toThrow(
      expect.objectContaining({ name: expect.stringContaining(name) }),
    );
  });

  it("is given up if the topic never responds", async () => {
    const bench = await startBench();
    const topicArn = bench.aws.createTopic("alerts");
    bench.aws.fail({ connection: "silence" });
    await expect(
      publishAlert(bench.sns, alertOf([outcome(1)]), { topicArn, ...timing(50) }),
    ).rejects.toThrow();
  });
});
