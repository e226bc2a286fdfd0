import { describe, expect, it } from "vitest";
import { hasChanged, type PutRequest } from "../../src/rotation/connection.ts";
import type { ConnectionsApi } from "../../src/rotation/dependencies.ts";
import { Secret } from "../../src/rotation/secret.ts";
import type { Behaviour, Data, FakeRequest, Fault } from "../support/fake-confluent.ts";

export const OPENAI_ENDPOINT = "https://api.openai.com/v1/chat/completions";
export const NEW_KEY = "sk-new-key";

export type StageConnection = Partial<
  Pick<Behaviour, "timeToReadyMs" | "staleMs" | "unreachable" | "readyPhase" | "fence" | "judged">
> & {
  /** From how many milliseconds on the endpoint accepts the new key; `Infinity` for never. */
  readonly validAfterMs?: number;
};

/** The connections API with one environment behind it, and the ways to set it up and to look behind it. */
export interface Stage {
  readonly api: ConnectionsApi;
  /** The API as somebody calls it whose key is not known. */
  readonly stranger: ConnectionsApi;
  readonly advance: (ms: number) => void;
  /** Adds a connection of type OPENAI that is READY. */
  readonly add: (name: string, connection?: StageConnection) => void;
  readonly touch: (name: string) => void;
  readonly held: (name: string) => Data;
  /** From now on every such request meets the fault. */
  readonly fail: (method: FakeRequest["method"], fault: Exclude<Fault, "hang">) => void;
}

/** What every implementation of the connections API keeps to. */
export function describeConnectionsApi(implementation: string, open: () => Promise<Stage>): void {
  describe(`the connections API: ${implementation}`, () => {
    it("shows a connection as it is", async () => {
      const stage = await openWith(open);
      const seen = await stage.api.get("a");
      expect(seen).toMatchObject({
        name: "a",
        connectionType: "OPENAI",
        endpoint: OPENAI_ENDPOINT,
        phase: "READY",
        detail: "",
        httpStatus: 200,
        requestId: expect.any(String),
        resourceVersion: expect.any(String),
        updatedAt: expect.any(Number),
      });
    });

    it("knows no connection that is not there", async () => {
      const { api } = await openWith(open);
      await expect(api.get("other")).resolves.toBeUndefined();
      await expect(put(api, "other")).rejects.toMatchObject({ errorClass: "not-found" });
    });

    it("shows an empty environment as one empty page", async () => {
      const { api } = await open();
      expect(await api.list()).toEqual({ connections: [] });
    });

    it("lists all connections, each once, a hundred a page", async () => {
      const stage = await open();
      const names = Array.from({ length: 203 }, (_, index) => `c${index}`);
      for (const name of names) stage.add(name);
      const pages = await listAll(stage.api);
      expect(pages.map((page) => page.length)).toEqual([100, 100, 3]);
      expect(pages.flat().toSorted()).toEqual(names.toSorted());
    });

    it("takes new data, and moves the object", async () => {
      const stage = await openWith(open);
      const before = await see(stage.api);
      stage.advance(10);
      const receipt = await put(stage.api, "a", before);
      expect(receipt).toMatchObject({ httpStatus: 200, requestId: expect.any(String) });
      expect(stage.held("a")).toEqual({ API_KEY: NEW_KEY });
      expect(hasChanged(before, await see(stage.api))).toBe(true);
    });

    it("takes data without a resource version", async () => {
      const stage = await openWith(open);
      await put(stage.api, "a");
      expect(stage.held("a")).toEqual({ API_KEY: NEW_KEY });
    });

    it("refuses a resource version that is not the newest, and applies nothing", async () => {
      const stage = await openWith(open);
      const before = await see(stage.api);
      stage.touch("a");
      await expect(put(stage.api, "a", before)).rejects.toMatchObject({ name: "ConflictError" });
      expect(stage.held("a")).not.toEqual({ API_KEY: NEW_KEY });
      await put(stage.api, "a", await see(stage.api));
      expect(stage.held("a")).toEqual({ API_KEY: NEW_KEY });
    });

    it.each([
      { fence: "both", moved: true, shown: ["resourceVersion", "updatedAt"] },
      { fence: "version", moved: true, shown: ["resourceVersion"] },
      { fence: "time", moved: true, shown: ["updatedAt"] },
      { fence: "none", moved: false, shown: ["resourceVersion", "updatedAt"] },
    ] as const)("shows by its fence ($fence) whether it has moved", async ({ fence, moved, shown }) => {
      const stage = await openWith(open, { fence });
      const before = await see(stage.api);
      stage.advance(10);
      await put(stage.api, "a", before);
      const after = await see(stage.api);
      expect(hasChanged(before, after)).toBe(moved);
      expect(Object.keys(after).filter((key) => /resourceVersion|updatedAt/.test(key))).toEqual(
        expect.arrayContaining([...shown]),
      );
      expect(Object.keys(after).filter((key) => /resourceVersion|updatedAt/.test(key))).toHaveLength(
        shown.length,
      );
    });

    it("takes its time to say that a key is usable", async () => {
      const stage = await openWith(open, { timeToReadyMs: 1_000 });
      await put(stage.api, "a");
      expect(await phase(stage.api)).toBe("PENDING");
      stage.advance(1_000);
      expect(await phase(stage.api)).toBe("READY");
    });

    it("shows the old object for a while", async () => {
      const stage = await openWith(open, { staleMs: 1_000, timeToReadyMs: 2_000 });
      const before = await see(stage.api);
      await put(stage.api, "a", before);
      expect(await see(stage.api)).toMatchObject({
        phase: "READY",
        resourceVersion: before.resourceVersion,
        updatedAt: before.updatedAt,
      });
      stage.advance(1_000);
      expect(await phase(stage.api)).toBe("PENDING");
      expect(hasChanged(before, await see(stage.api))).toBe(true);
    });

    it("says that a key is refused", async () => {
      const stage = await openWith(open, { validAfterMs: Number.POSITIVE_INFINITY });
      await put(stage.api, "a");
      expect(await phase(stage.api)).toBe("INVALID_AUTH");
    });

    it("accepts a young key in the end", async () => {
      const stage = await openWith(open, { validAfterMs: 5_000 });
      await put(stage.api, "a");
      expect(await phase(stage.api)).toBe("INVALID_AUTH");
      stage.advance(5_000);
      expect(await phase(stage.api)).toBe("READY");
    });

    it("may judge a key only when it is put", async () => {
      const stage = await openWith(open, { validAfterMs: 5_000, judged: "on-put" });
      await put(stage.api, "a");
      stage.advance(5_000);
      expect(await phase(stage.api)).toBe("INVALID_AUTH");
      await put(stage.api, "a");
      expect(await phase(stage.api)).toBe("READY");
    });

    it("says that the endpoint cannot be reached", async () => {
      const stage = await openWith(open, { unreachable: true });
      expect(await phase(stage.api)).toBe("READY");
      await put(stage.api, "a");
      expect(await phase(stage.api)).toBe("UNREACHABLE");
    });

    it.each(["", "ACTIVE"])("has its own word for a usable key: %j", async (readyPhase) => {
      const stage = await openWith(open, { readyPhase });
      expect(await phase(stage.api)).toBe(readyPhase);
    });

    it("refuses everything to a stranger", async () => {
      const { stranger } = await openWith(open);
      const refusal = { name: "UnauthorizedError", response: { httpStatus: 401 } };
      await expect(stranger.list()).rejects.toMatchObject(refusal);
      await expect(stranger.get("a")).rejects.toMatchObject(refusal);
      await expect(put(stranger, "a")).rejects.toMatchObject(refusal);
    });

    it("tells a key without the role from an unknown one", async () => {
      const stage = await openWith(open);
      stage.fail("PUT", "forbidden");
      await expect(put(stage.api, "a")).rejects.toMatchObject({
        name: "UnauthorizedError",
        response: { httpStatus: 403 },
      });
    });

    it("may refuse data", async () => {
      const stage = await openWith(open);
      stage.fail("PUT", "refused");
      await expect(put(stage.api, "a")).rejects.toMatchObject({ errorClass: "rejected" });
      expect(stage.held("a")).not.toEqual({ API_KEY: NEW_KEY });
    });

    it.each(["LIST", "GET"] as const)("rejects no key for a %s that is refused", async (method) => {
      const stage = await openWith(open);
      stage.fail(method, "refused");
      const answer = method === "LIST" ? stage.api.list() : stage.api.get("a");
      await expect(answer).rejects.toMatchObject({ errorClass: "service", response: { httpStatus: 400 } });
    });

    it.each(["LIST", "GET"] as const)("throws for a %s that fails again and again", async (method) => {
      const stage = await openWith(open);
      stage.fail(method, "service");
      const answer = method === "LIST" ? stage.api.list() : stage.api.get("a");
      await expect(answer).rejects.toMatchObject({ errorClass: "service", response: { httpStatus: 503 } });
    });

    it.each([
      { fault: "lost", applied: true },
      { fault: "dropped", applied: false },
      { fault: "service", applied: false },
    ] as const)("does not know the fate of a PUT that is $fault", async ({ fault, applied }) => {
      const stage = await openWith(open);
      const before = await see(stage.api);
      stage.advance(10);
      stage.fail("PUT", fault);
      await expect(put(stage.api, "a", before)).rejects.toMatchObject({ name: "UnknownResultError" });
      expect(hasChanged(before, await see(stage.api))).toBe(applied);
      expect(stage.held("a")["API_KEY"] === NEW_KEY).toBe(applied);
    });
  });
}

async function openWith(open: () => Promise<Stage>, connection?: StageConnection): Promise<Stage> {
  const stage = await open();
  stage.add("a", connection);
  return stage;
}

async function see(api: ConnectionsApi) {
  const seen = await api.get("a");
  if (seen === undefined) throw new Error("The connection is not there.");
  return seen;
}

async function phase(api: ConnectionsApi): Promise<string> {
  return (await see(api)).phase;
}

function put(api: ConnectionsApi, name: string, before: Pick<PutRequest, "resourceVersion"> = {}) {
  const data = new Secret(JSON.stringify({ API_KEY: NEW_KEY }));
  const { resourceVersion } = before;
  return api.put({
    name,
    connectionType: "OPENAI",
    endpoint: OPENAI_ENDPOINT,
    data,
    ...(resourceVersion !== undefined && { resourceVersion }),
  });
}

async function listAll(api: ConnectionsApi): Promise<string[][]> {
  const pages: string[][] = [];
  for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
    const page = await api.list(token);
    pages.push(page.connections.map(({ name }) => name));
    token = page.nextToken;
  }
  return pages;
}
