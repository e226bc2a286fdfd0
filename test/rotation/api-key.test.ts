import { describe, expect, it } from "vitest";
import { RotationError, SecretError, UnauthorizedError } from "../../src/rotation/errors.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { keyed, openCalls } from "../support/api-key-calls.ts";
import { shown } from "../support/untrusted.ts";

const MINUTE_MS = 60_000;

const refusal = new UnauthorizedError("Refused (401).", { httpStatus: 401 });

const REFUSED = {
  name: "UnauthorizedError",
  message: "Refused (401).",
  response: {
    httpStatus: 401,
    nextStep:
      "Check that the Flink API key in secret our/key exists in Confluent Cloud and belongs to this environment and region; then rotate again.",
  },
};

const FORBIDDEN = {
  name: "UnauthorizedError",
  message: "Forbidden (403).",
  response: {
    httpStatus: 403,
    nextStep:
      "Give the owner of the Flink API key in secret our/key the role FlinkAdmin, EnvironmentAdmin or OrganizationAdmin; then rotate again.",
  },
};

const onlyTaking = (good: string) => (key: string) => (key === good ? undefined : refusal);

describe("the connections API with a retry on 401", () => {
  it("passes calls and responses through", async () => {
    const { api } = openCalls({ versions: [keyed("k1")] });
    const update = { name: "a", connectionType: "OPENAI", endpoint: "", data: new Secret("{}") };
    expect(await api.list("t1")).toEqual({ connections: [], nextToken: "after t1" });
    expect(await api.get("b")).toMatchObject({ name: "b" });
    expect(shown(await api.put(update))).toEqual({ httpStatus: 200, requestId: "a" });
  });

  it("passes calls about statements through, with a newer key if the current one is refused", async () => {
    const { api, changes } = openCalls({ versions: [keyed("k1"), keyed("k2")], meets: onlyTaking("k2") });
    const { statements } = api;
    expect(await statements.list("t1")).toEqual({ statements: [], nextToken: "after t1" });
    expect(await statements.get("s1")).toMatchObject({ name: "s1", phase: "RUNNING" });
    await statements.create({ name: "s2", sql: "SELECT 1" });
    await statements.delete("s3");
    await statements.setStopped("s4", true);
    await statements.setStopped("s4", false);
    expect(changes).toEqual(["create s2", "delete s3", "stop s4", "resume s4"]);
  });

  it("reads the secret once for any number of calls", async () => {
    const { api, readings } = openCalls({ versions: [keyed("k1")] });
    await Promise.all([api.list(), api.get("a"), api.get("b")]);
    expect(readings()).toBe(1);
  });

  it("uses the newer key if the current one is refused", async () => {
    const { api, calls } = openCalls({ versions: [keyed("k1"), keyed("k2")], meets: onlyTaking("k2") });
    await expect(api.get("a")).resolves.toMatchObject({ name: "a" });
    await api.get("a");
    expect(calls).toEqual(["k1 0", "k2 0", "k2 0"]);
  });

  it("reads the key once for all calls that were refused together", async () => {
    const { api, readings } = openCalls({ versions: [keyed("k1"), keyed("k2")], meets: onlyTaking("k2") });
    await Promise.all([api.get("a"), api.get("b"), api.list()]);
    expect(readings()).toBe(2);
  });

  it("keeps the newer key if a slow call with the previous one succeeds later", async () => {
    const { api, calls, clock } = openCalls({
      versions: [keyed("k1"), keyed("k1"), keyed("k2")],
      meets: (key, atMs) => (key === "k2" || atMs === 1_000 ? undefined : refusal),
      takesMs: (atMs) => (atMs === 1_000 ? 10_000 : 0),
    });
    const slow = api.get("a");
    await clock.sleep(2_000);
    await api.get("b");
    await slow;
    await api.get("c");
    expect(calls).toEqual(["k1 0", "k1 1", "k1 2", "k2 2", "k2 11"]);
  });

  it("tries an old key once more after a second, and then fails this call and all later ones", async () => {
    const { api, calls, readings } = openCalls({ versions: [keyed("k1")], meets: () => refusal });
    await expect(api.get("a")).rejects.toMatchObject(REFUSED);
    await expect(api.list()).rejects.toMatchObject(REFUSED);
    expect(calls).toEqual(["k1 0", "k1 1"]);
    expect(readings()).toBe(3);
  });

  it("survives a single refusal of an old key, as often as one comes", async () => {
    let calls = 0;
    const { api } = openCalls({
      versions: [keyed("k1")],
      meets: () => (calls++ % 2 === 0 ? refusal : undefined),
    });
    for (const name of ["a", "b", "c"]) await expect(api.get(name)).resolves.toMatchObject({ name });
    expect(calls).toBe(6);
  });

  it("tries a young key again every five seconds until it is accepted", async () => {
    const { api, calls } = openCalls({
      versions: [keyed("k1", MINUTE_MS)],
      meets: (_, atMs) => (atMs < 12_000 ? refusal : undefined),
    });
    await expect(api.get("a")).resolves.toMatchObject({ name: "a" });
    expect(calls).toEqual(["k1 0", "k1 5", "k1 10", "k1 15"]);
  });

  it("gives up on a young key when the grace is over", async () => {
    const { api, calls } = openCalls({ versions: [keyed("k1", 0)], meets: () => refusal, graceMs: 20_000 });
    await expect(api.get("a")).rejects.toMatchObject(REFUSED);
    expect(calls.at(-1)).toBe("k1 20");
  });

  it("does not retry a young key if the grace period is 0", async () => {
    const { api, calls } = openCalls({ versions: [keyed("k1", 0)], meets: () => refusal, graceMs: 0 });
    await expect(api.get("a")).rejects.toMatchObject(REFUSED);
    expect(calls).toEqual(["k1 0"]);
  });

  it("does not wait beyond the deadline", async () => {
    const { api, calls } = openCalls({
      versions: [keyed("k1", 0)],
      meets: () => refusal,
      deadlineMs: 12_000,
    });
    await expect(api.get("a")).rejects.toMatchObject(REFUSED);
    expect(calls.at(-1)).toBe("k1 10");
  });

  it("stops waiting when the key is no longer young", async () => {
    const { api, calls } = openCalls({ versions: [keyed("k1", 590_000)], meets: () => refusal });
    await expect(api.get("a")).rejects.toMatchObject(REFUSED);
    expect(calls).toEqual(["k1 0", "k1 5", "k1 10"]);
  });

  it("counts the grace from the first refusal, whatever keys come", async () => {
    const versions = [keyed("k1", 0), keyed("k1", 0), keyed("k2", 0)];
    const { api, calls } = openCalls({ versions, meets: () => refusal, graceMs: 10_000 });
    await expect(api.get("a")).rejects.toMatchObject(REFUSED);
    expect(calls).toEqual(["k1 0", "k1 5", "k2 5", "k2 10"]);
  });

  it("leaves a next step that the answer itself suggests", async () => {
    const filtered = new UnauthorizedError("Forbidden (403).", {
      httpStatus: 403,
      nextStep: "Ask the proxy.",
    });
    const { api } = openCalls({ versions: [keyed("k1", 0)], meets: () => filtered });
    await expect(api.get("a")).rejects.toMatchObject({ response: { nextStep: "Ask the proxy." } });
  });

  it("does not wait if the key lacks a role", async () => {
    const forbidden = new UnauthorizedError("Forbidden (403).", { httpStatus: 403 });
    const { api, calls } = openCalls({ versions: [keyed("k1", 0)], meets: () => forbidden });
    await expect(api.get("a")).rejects.toMatchObject(FORBIDDEN);
    await expect(api.get("a")).rejects.toMatchObject(FORBIDDEN);
    expect(calls).toEqual(["k1 0", "k1 0"]);
  });

  it("leaves other errors to the caller", async () => {
    const broken = new RotationError("service", "Confluent answered 500.");
    const { api } = openCalls({ versions: [keyed("k1", 0)], meets: () => broken });
    await expect(api.get("a")).rejects.toBe(broken);
  });

  it.each([
    { when: "first", versions: [new SecretError("Denied.")] },
    { when: "again", versions: [keyed("k1"), new SecretError("Denied.")] },
  ])("fails when the secret cannot be read $when", async ({ versions }) => {
    const { api } = openCalls({ versions, meets: () => refusal });
    const error = await api.get("a").catch((each: unknown) => each);
    expect(error).toMatchObject({
      name: "SecretError",
      message: "Cannot read the rotator's Confluent API key: Denied.",
      response: { nextStep: expect.stringContaining("into secret our/key; then") },
    });
    await expect(api.get("a")).rejects.toBe(error);
  });

  it("passes on an error that is not about the secret", async () => {
    const bug = new TypeError("x is not a function");
    await expect(openCalls({ versions: [bug] }).api.get("a")).rejects.toBe(bug);
  });
});
