import { describe, expect, it } from "vitest";
import { connection, put, START, sandboxWith, shown } from "./client.ts";

const accepts = ["old", { value: "young", validFrom: START + 5_000 }];

describe("phase", () => {
  it("is PENDING after a PUT and READY when its time has come", async () => {
    const { sandbox, clock } = await sandboxWith({ timeToReadyMs: 2_000 }, connection());
    await put(sandbox, "new");
    expect((await shown(sandbox)).status?.phase).toBe("PENDING");
    expect(sandbox.connection("openai").readyAt).toBeUndefined();
    clock.advance(1_999);
    expect((await shown(sandbox)).status?.phase).toBe("PENDING");
    clock.advance(1);
    expect((await shown(sandbox)).status?.phase).toBe("READY");
    expect(sandbox.connection("openai").readyAt).toBe(START + 2_000);
  });

  it("is INVALID_AUTH for a key that is not on the list or that the judge refuses", async () => {
    const { sandbox } = await sandboxWith({ accepts }, connection());
    await put(sandbox, "wrong");
    expect(sandbox.connection("openai")).toMatchObject({ phase: "INVALID_AUTH", readyAt: undefined });
    await put(sandbox, "old");
    expect((await shown(sandbox)).status?.phase).toBe("READY");
    sandbox.configure("openai", { accepts: ({ API_KEY }) => API_KEY === "judged" });
    expect((await shown(sandbox)).status?.phase).toBe("INVALID_AUTH");
    await put(sandbox, "judged");
    expect((await shown(sandbox)).status?.phase).toBe("READY");
  });

  it("breaks the connection for a judge that throws, instead of answering with a phase", async () => {
    const accepts = () => {
      throw new Error("a judge with a bug");
    };
    const { sandbox } = await sandboxWith({ accepts }, connection());
    await expect(put(sandbox, "new")).rejects.toThrow("other side closed");
  });

  it("turns READY for a young key by itself", async () => {
    const { sandbox, clock } = await sandboxWith({ accepts }, connection());
    await put(sandbox, "young");
    expect((await shown(sandbox)).status?.phase).toBe("INVALID_AUTH");
    clock.advance(7_000);
    expect((await shown(sandbox)).status?.phase).toBe("READY");
    expect(sandbox.connection("openai").readyAt).toBe(START + 5_000);
  });

  it("turns READY for a young key only when it is put again, where ordered", async () => {
    const { sandbox, clock } = await sandboxWith({ accepts, judged: "on-put" }, connection());
    await put(sandbox, "young");
    clock.advance(7_000);
    expect((await shown(sandbox)).status?.phase).toBe("INVALID_AUTH");
    await put(sandbox, "young");
    expect((await shown(sandbox)).status?.phase).toBe("READY");
    expect(sandbox.connection("openai").readyAt).toBe(START + 7_000);
  });

  it("is the old one, with the old version, as long as reads are stale", async () => {
    const settings = { accepts, staleMs: 1_000, timeToReadyMs: 3_000 };
    const { sandbox, clock } = await sandboxWith(settings, connection());
    const before = await shown(sandbox);
    await put(sandbox, "wrong");
    clock.advance(999);
    expect(await shown(sandbox)).toEqual(before);
    clock.advance(1);
    const after = await shown(sandbox);
    expect(after).toMatchObject({ metadata: { resource_version: "a2v" }, status: { phase: "PENDING" } });
    clock.advance(2_000);
    expect((await shown(sandbox)).status?.phase).toBe("INVALID_AUTH");
  });

  it("starts as ordered", async () => {
    const { sandbox } = await sandboxWith({}, connection({ initially: "invalidAuth" }));
    expect((await shown(sandbox)).status?.phase).toBe("INVALID_AUTH");
  });

  it("is UNREACHABLE where the endpoint is, whatever the key", async () => {
    const { sandbox } = await sandboxWith({}, connection({ unreachable: true }));
    await put(sandbox, "new");
    expect(sandbox.connection("openai")).toMatchObject({ phase: "UNREACHABLE", readyAt: undefined });
  });

  it.each(["ACTIVE", "ready", "", "DEGRADED"])("is shown by the word ordered: %j", async (ready) => {
    const { sandbox } = await sandboxWith({ phases: { ready } }, connection());
    await put(sandbox, "new");
    expect((await shown(sandbox)).status?.phase).toBe(ready);
  });

  it("is left out where ordered", async () => {
    const { sandbox } = await sandboxWith({ phases: { ready: null } }, connection());
    expect((await shown(sandbox)).status).toBeUndefined();
    expect(sandbox.connection("openai").phase).toBeUndefined();
  });

  it("comes with the detail ordered, which may quote the key", async () => {
    const detail = (state: string, data: Readonly<Record<string, string>>) => `${state}: ${data["API_KEY"]}`;
    const { sandbox } = await sandboxWith({ detail: "plain" }, connection());
    expect((await shown(sandbox)).status?.detail).toBe("plain");
    sandbox.configure("openai", { detail, accepts: [] });
    await put(sandbox, "sk-123");
    expect((await shown(sandbox)).status?.detail).toBe("invalidAuth: sk-123");
  });
});

describe("version", () => {
  it.each(["still", "absent"] as const)("can be %s", async (kind) => {
    const settings = { resourceVersion: kind, updatedAt: kind };
    const { sandbox, clock } = await sandboxWith(settings, connection());
    const before = (await shown(sandbox)).metadata;
    clock.advance(1_000);
    await put(sandbox, "new");
    expect((await shown(sandbox)).metadata).toEqual(before);
    expect(before.resource_version === undefined).toBe(kind === "absent");
    expect(before.updated_at === undefined).toBe(kind === "absent");
  });
});
