import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import {
  forgetOutput,
  leaksSoFar,
  outputSoFar,
  recordOutput,
  recordResult,
  startWatchedProviders,
} from "../support/leak-watch.ts";
import { FORMS } from "../support/leaks.ts";
import { API_KEY, startWorld, type World } from "../support/world.ts";

const PUSHED = "sk-pushed-0d4f6a8c2e91b753";
const PREVIOUS = "sk-previous-7f3a9c1d2e4b8a60";
const BASIC = Buffer.from(`${API_KEY.key}:${API_KEY.secret}`).toString("base64");

async function startWithSecrets(): Promise<World> {
  const world = await startWorld({ connections: [{ name: "a", secret: "openai" }] });
  world.aws.putSecret("openai", JSON.stringify({ nested: { key: PREVIOUS } }));
  world.aws.putSecret("openai", PUSHED);
  return world;
}

const windowOf = (text: string): string => text.slice(5, 17);

/** The ways in which a text can leave a run or a test's process. */
const WAYS: Readonly<Record<string, (text: string, world: World) => unknown>> = {
  "in its log": (text) => process.stdout.write(JSON.stringify({ text })),
  "on standard error": (text) => process.stderr.write(JSON.stringify({ text })),
  "in two pieces": (text) => {
    process.stdout.write(`{${text.slice(0, 5)}`);
    process.stdout.write(text.slice(5));
  },
  "in its report": (text) => recordResult(Promise.resolve({ connections: [{ detail: text }] })),
  "in the cause of its error": (text) =>
    recordResult(Promise.reject(new Error("It failed.", { cause: { text } }))).catch(() => undefined),
  "in an alert": (text, { aws, topicArn }) =>
    new SNSClient({ endpoint: aws.url }).send(new PublishCommand({ TopicArn: topicArn, Message: text })),
  "in the output of a command": (text) => recordOutput(`prod/a: ${text}`),
};

describe("a part of a secret that leaves the process", () => {
  it.fails("row 15: makes its test fail", async () => {
    await startWithSecrets();
    recordOutput(windowOf(PUSHED));
  });

  it.each(Object.entries(WAYS))("row 15: is found %s", async (_way, leak) => {
    await leak(windowOf(PUSHED), await startWithSecrets());
    expect(leaksSoFar()).toMatchObject([expect.stringContaining(PUSHED)]);
    forgetOutput();
  });

  it.each([
    ["the pushed key", PUSHED],
    ["the previous key", PREVIOUS],
    ["the rotator's Confluent API key", API_KEY.secret],
    ["its Authorization header", BASIC],
  ])("row 15: is found in every form if it is a part of %s", async (_what, secret) => {
    await startWithSecrets();
    for (const form of Object.values(FORMS)) {
      recordOutput(form(secret));
      expect(leaksSoFar()).not.toEqual([]);
      forgetOutput();
    }
  });

  it("row 15: is found if it is a part of a token that a provider has issued", async () => {
    const providers = await startWatchedProviders({});
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "a",
      client_secret: "b",
    });
    const response = await fetch(`${providers.url}/oauth2/token`, { method: "POST", body });
    await providers.close();
    recordOutput(windowOf(JSON.parse(await response.text()).access_token));
    expect(leaksSoFar()).toHaveLength(1);
    forgetOutput();
  });

  it("row 15: is searched for in a run's log, metrics, error and alert", async () => {
    const world = await startWorld({ connections: [{ name: "a", secret: "openai" }], missing: ["a"] });
    world.aws.putSecret("openai", PUSHED);
    await expect(world.invoke({ trigger: "schedule" })).rejects.toThrow("not-found");
    const output = outputSoFar();
    for (const part of ["RUN_STARTED", "CONNECTION", "CloudWatchMetrics", "RotationFailedError", "topicArn"])
      expect(output).toContain(part);
  });

  it("row 15: is not found if it has only eleven characters", async () => {
    await startWithSecrets();
    recordOutput(PUSHED.slice(3, 14));
    expect(leaksSoFar()).toEqual([]);
  });
});
