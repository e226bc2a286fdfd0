import { describe, expect, it } from "vitest";
import type { RunContext } from "../../src/rotation/dependencies.ts";
import { SecretError } from "../../src/rotation/errors.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { openRun } from "../support/fake-run.ts";

const THREE = [{ name: "a" }, { name: "b" }, { name: "c" }];

describe("a run", () => {
  it("puts nothing into a connection that is missing or is not the one that is listed, and updates the others", async () => {
    const { run, add, confluent } = openRun({ connections: [...THREE, { name: "d" }] });
    add("b", { type: "BEDROCK" });
    add("c", { detail: "Lookup failed: ai.openai.com" });
    add("d");
    expect(await run()).toMatchObject([
      { name: "a", outcome: "failed", errorClass: "not-found", secretVersionId: "v1", httpStatus: 404 },
      { name: "b", outcome: "failed", errorClass: "guard" },
      { name: "c", outcome: "ready", detail: "Lookup failed: ai.openai.com" },
      { name: "d", outcome: "ready" },
    ]);
    expect(new Set(confluent.requests.flatMap(({ method, name }) => (method === "PUT" ? name : [])))).toEqual(
      new Set(["c", "d"]),
    );
  });

  it("fails the connections of a secret that cannot be read, and no others", async () => {
    const { run, add } = openRun({
      connections: [{ name: "a" }, { name: "b", secret: "other" }],
      secrets: { fault: (id) => (id === "other" ? new SecretError("Denied.") : undefined) },
    });
    add("a");
    add("b");
    expect(await run()).toMatchObject([
      { name: "a", outcome: "ready" },
      { name: "b", outcome: "failed", errorClass: "secret", message: "Denied." },
    ]);
  });

  it("fails a connection whose fields the secret lacks, before any PUT", async () => {
    const { run, add, secrets, confluent } = openRun();
    add("a");
    secrets.add("openai", { versionId: "v2", value: `{"unrelated":"x"}` });
    expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "secret", secretVersionId: "v2" }]);
    expect(confluent.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  it.each(["unauthorized", "service"] as const)(
    "updates no connection of an environment if reading them ends in an error of class %s",
    async (fault) => {
      const { run, add } = openRun({ connections: THREE, confluent: { fault: () => fault } });
      add("a");
      const outcome = fault === "unauthorized" ? "not-attempted" : "failed";
      expect(await run()).toMatchObject(THREE.map(({ name }) => ({ name, outcome, errorClass: fault })));
    },
  );

  it("reports a secret error for an environment without an API key", async () => {
    const { run, bugs } = openRun({ connections: [{ name: "a", environment: "elsewhere" }] });
    expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "secret" }]);
    expect(bugs).toEqual([]);
  });

  it("turns a bug into an outcome, with the stack in the log", async () => {
    const bug = new TypeError("a bug");
    const { run, bugs } = openRun();
    const reject = () => Promise.reject(bug);
    const secrets = { read: reject, moveLabel: reject, lastChangedAt: reject };
    expect(await run({ secrets })).toMatchObject([
      {
        outcome: "failed",
        errorClass: "internal",
        message: "Unexpected error (a bug in the rotator).",
      },
    ]);
    expect(bugs).toContain(bug);
  });

  it("turns a bug during a PUT into an outcome of its connection", async () => {
    const { run, add, bugs, context } = openRun();
    add("a");
    const connections: RunContext["connect"] = (...args) => ({
      ...context.connect(...args),
      put: () => Promise.reject(new TypeError("a bug")),
    });
    expect(await run({ connect: connections })).toMatchObject([
      {
        outcome: "failed",
        errorClass: "internal",
        secretVersionId: "v1",
        message: "Unexpected error (a bug in the rotator).",
      },
    ]);
    expect(bugs).toHaveLength(1);
  });

  it("returns no secret in its outcomes", async () => {
    const { run, add, context } = openRun();
    context.redactor.add(new Secret("sk-1-very-secret"));
    add("a", { detail: "refused sk-1-very-secret" });
    const [outcome] = await run();
    expect(JSON.stringify(outcome)).not.toContain("very-secret");
    expect(outcome).toMatchObject({ detail: "refused [redacted]" });
  });
});
