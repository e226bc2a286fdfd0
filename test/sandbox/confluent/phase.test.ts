import { describe, expect, it } from "vitest";
import { connection, put, START, sandboxWith, shown } from "./client.ts";

const accepts = ["old", { value: "young", validFrom: START + 5_000 }];

describe("readyAt in the Confluent stand-in", () => {
  it("is the time of the verdict", async () => {
    const { sandbox, clock } = await sandboxWith({ timeToReadyMs: 2_000 }, connection());
    await put(sandbox, "new");
    clock.advance(1_999);
    expect(sandbox.connection("openai")).toMatchObject({ phase: "PENDING", readyAt: undefined });
    clock.advance(1);
    expect(sandbox.connection("openai")).toMatchObject({ phase: "READY", readyAt: START + 2_000 });
  });

  it("is the time at which a young key becomes valid", async () => {
    const { sandbox, clock } = await sandboxWith({ accepts }, connection());
    await put(sandbox, "young");
    clock.advance(7_000);
    expect(sandbox.connection("openai")).toMatchObject({ phase: "READY", readyAt: START + 5_000 });
  });

  it("is the time of the PUT after which a young key is accepted, if keys are judged on PUT", async () => {
    const { sandbox, clock } = await sandboxWith({ accepts, judged: "on-put" }, connection());
    await put(sandbox, "young");
    clock.advance(7_000);
    expect(sandbox.connection("openai")).toMatchObject({ phase: "INVALID_AUTH", readyAt: undefined });
    await put(sandbox, "young");
    expect(sandbox.connection("openai")).toMatchObject({ phase: "READY", readyAt: START + 7_000 });
  });

  it.each([
    { world: "silent", phase: "", readyAt: undefined },
    { world: "credulous", phase: "READY", readyAt: START },
    { world: "controller", phase: "READY", readyAt: undefined },
  ] as const)("is $readyAt right after a PUT in the world $world", async ({ world, phase, readyAt }) => {
    const { sandbox } = await sandboxWith({ world, verdictAfterMs: 1_000 }, connection());
    await put(sandbox, "new");
    expect(sandbox.connection("openai")).toMatchObject({ phase, readyAt });
  });

  it("is absent if the endpoint is unreachable", async () => {
    const { sandbox } = await sandboxWith({}, connection({ unreachable: true }));
    await put(sandbox, "new");
    expect(sandbox.connection("openai")).toMatchObject({ phase: "UNREACHABLE", readyAt: undefined });
  });
});

describe("the phase in the Confluent stand-in", () => {
  it("depends on a list of accepted keys or a function", async () => {
    const { sandbox } = await sandboxWith({ accepts }, connection());
    await put(sandbox, "wrong");
    expect((await shown(sandbox)).status?.phase).toBe("INVALID_AUTH");
    await put(sandbox, "old");
    expect((await shown(sandbox)).status?.phase).toBe("READY");
    sandbox.configure("openai", { accepts: ({ API_KEY }) => API_KEY === "other" });
    expect((await shown(sandbox)).status?.phase).toBe("INVALID_AUTH");
  });

  it("is not shown if the function throws: the TCP connection breaks", async () => {
    const accepts = () => {
      throw new Error("a bug");
    };
    const { sandbox } = await sandboxWith({ accepts }, connection());
    await expect(put(sandbox, "new")).rejects.toThrow("other side closed");
  });

  it("is absent with its status if the configured phase is null", async () => {
    const { sandbox } = await sandboxWith({ phases: { ready: null } }, connection());
    expect((await shown(sandbox)).status).toBeUndefined();
    expect(sandbox.connection("openai").phase).toBeUndefined();
  });

  it("has a detail, which may quote the key", async () => {
    const detail = (state: string, data: Readonly<Record<string, string>>) => `${state}: ${data["API_KEY"]}`;
    const { sandbox } = await sandboxWith({ detail: "plain" }, connection());
    expect((await shown(sandbox)).status?.detail).toBe("plain");
    sandbox.configure("openai", { detail, accepts: [] });
    await put(sandbox, "sk-123");
    expect((await shown(sandbox)).status?.detail).toBe("invalidAuth: sk-123");
  });
});
