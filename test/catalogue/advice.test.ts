import { describe, expect, it } from "vitest";
import { unwrapped } from "../support/alerts.ts";
import { startWorld, type WorldOptions } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const ONE: WorldOptions = { connections: [{ name: "a", secret: "openai" }] };
const DENIED =
  "User: arn:aws:sts::123456789012:assumed-role/rotator/i-1 is not authorized to perform: secretsmanager:GetSecretValue on resource: openai because no identity-based policy allows the secretsmanager:GetSecretValue action";

/** The text of the alert that a scheduled run sends. */
async function alertOf(
  options: WorldOptions,
  arrange: (world: Awaited<ReturnType<typeof startWorld>>) => void = () => undefined,
): Promise<string> {
  const world = await startWorld(options);
  world.aws.putSecret("openai", "new");
  arrange(world);
  await expect(world.invoke(SCHEDULE)).rejects.toThrow();
  const [published] = world.aws.published();
  return unwrapped(String(JSON.parse(published?.message ?? "{}").default ?? published?.message));
}

describe("the reason and the advice in an alert", () => {
  it("row 43: keep AWS's message about principal and action and name the permissions", async () => {
    const text = await alertOf(ONE, ({ aws }) =>
      aws.fail({ secretId: "openai", error: "AccessDeniedException", message: DENIED }),
    );
    expect(text).toContain(`Secret openai may not be read (AccessDeniedException): ${DENIED}.`);
    expect(text).toContain("Allow the function's role secretsmanager:GetSecretValue on secret openai");
  });

  it("row 43: name the secret of the rotator's Confluent API key if that cannot be read", async () => {
    const text = await alertOf(ONE, ({ aws }) =>
      aws.fail({ secretId: "confluent/key", error: "AccessDeniedException", message: DENIED }),
    );
    expect(text).toContain(
      "Cannot read the rotator's Confluent API key: Secret confluent/key may not be read",
    );
    expect(text).toContain("Allow the function's role secretsmanager:GetSecretValue on secret confluent/key");
  });

  it("row 43: advise checking the name of a missing secret, not giving it a value", async () => {
    const text = await alertOf({ connections: [{ name: "a", secret: "opnai" }] });
    expect(text).toContain("Secret opnai does not exist (ResourceNotFoundException)");
    expect(text).toContain("Check the name opnai in connections.json");
    expect(text).not.toContain("Put a");
  });

  it("row 43: do not mention roles if an IP filter refuses the request", async () => {
    const fault = {
      kind: "status",
      status: 403,
      text: "Source IP 203.0.113.7 is not in the IP filter.",
    } as const;
    const text = await alertOf(ONE, ({ confluent }) => confluent.fail({ method: "GET", times: 9, fault }));
    expect(text).toContain(fault.text);
    expect(text).toContain("Add the rotator's public IP address");
    expect(text).not.toContain("FlinkAdmin");
  });

  it("row 43: name the host, the code and what to check if Confluent's host cannot be reached", async () => {
    const text = await alertOf({ ...ONE, restEndpoint: "https://flink.us-esat-1.invalid" });
    expect(text).toMatch(
      /flink\.us-esat-1\.invalid could not be reached \(\w+\): its name does not resolve\./,
    );
    expect(text).toContain("Check the name flink.us-esat-1.invalid");
  });

  it("row 43: advise checking the environment if none of its connections exists", async () => {
    const connections = ["a", "b"].map((name) => ({ name, secret: "openai" }));
    const text = await alertOf({ connections, missing: ["a", "b"] });
    expect(text).toContain("None of the 2 connections exists in environment prod.");
    expect(text).toContain("Check organizationId, environmentId, cloud and region of prod");
    expect(text).not.toMatch(/create/i);
  });

  it("row 43: do not advise waiting for READY in a connection that received no PUT", async () => {
    const world = await startWorld({ ...ONE, confluent: { latencyMs: 20_000 } });
    world.aws.putSecret("openai", "new");
    await expect(world.invoke(SCHEDULE, 12_000)).rejects.toThrow();
    expect(world.aws.published()[0]?.message).not.toContain("READY");
  });
});
