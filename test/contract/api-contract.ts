import { describe, expect, it } from "vitest";
import { hasChanged } from "../../src/rotation/connection.ts";
import { UntrustedText } from "../../src/rotation/untrusted-text.ts";
import {
  listAll,
  NEW_KEY,
  OPENAI_ENDPOINT,
  type OpenFixture,
  openWith,
  phase,
  put,
  read,
} from "./fixture.ts";

/** The contract of every implementation of the connections API. */
export function describeApi(implementation: string, open: OpenFixture): void {
  describe(`the connections API (${implementation})`, () => {
    it("returns a connection with its phase, version and time", async () => {
      const { api } = await openWith(open);
      expect(await api.get("a")).toMatchObject({
        name: "a",
        connectionType: "OPENAI",
        endpoint: OPENAI_ENDPOINT,
        phase: "READY",
        httpStatus: 200,
        requestId: expect.any(UntrustedText),
        resourceVersion: expect.any(String),
        updatedAt: expect.any(Number),
      });
    });

    it("returns undefined for a GET of a missing connection and rejects the PUT as not-found", async () => {
      const { api } = await openWith(open);
      await expect(api.get("other")).resolves.toBeUndefined();
      await expect(put(api, { name: "other" })).rejects.toMatchObject({ errorClass: "not-found" });
    });

    it("lists an empty environment as one empty page", async () => {
      const { api } = await open();
      expect(await api.list()).toEqual({ connections: [] });
    });

    it("lists every connection once with 100 per page", async () => {
      const fixture = await open();
      const names = Array.from({ length: 203 }, (_, index) => `c${index}`);
      for (const name of names) fixture.add(name);
      const pages = await listAll(fixture.api);
      expect(pages.map((page) => page.length)).toEqual([100, 100, 3]);
      expect(pages.flat().toSorted()).toEqual(names.toSorted());
    });

    it("stores the data of a PUT and changes version and time", async () => {
      const { api, advance, held } = await openWith(open);
      const before = await read(api);
      advance(10);
      const response = await put(api, before);
      expect(response).toMatchObject({ httpStatus: 200, requestId: expect.any(UntrustedText) });
      expect(held("a")).toEqual({ API_KEY: NEW_KEY });
      expect(hasChanged(before, await read(api))).toBe(true);
    });

    it("accepts a PUT without a resource version", async () => {
      const { api, held } = await openWith(open);
      await put(api);
      expect(held("a")).toEqual({ API_KEY: NEW_KEY });
    });

    it("refuses a PUT with a stale resource version and applies nothing", async () => {
      const { api, touch, held } = await openWith(open);
      const before = await read(api);
      touch("a");
      await expect(put(api, before)).rejects.toMatchObject({ name: "ConflictError" });
      expect(held("a")).not.toEqual({ API_KEY: NEW_KEY });
      await put(api, await read(api));
      expect(held("a")).toEqual({ API_KEY: NEW_KEY });
    });

    it.each([
      { resourceVersion: "moves", updatedAt: "moves", changed: true },
      { resourceVersion: "moves", updatedAt: "absent", changed: true },
      { resourceVersion: "absent", updatedAt: "moves", changed: true },
      { resourceVersion: "still", updatedAt: "still", changed: false },
    ] as const)(
      "shows after a PUT a version that $resourceVersion and a time that $updatedAt",
      async ({ changed, ...settings }) => {
        const { api, advance } = await openWith(open, settings);
        const before = await read(api);
        advance(10);
        await put(api, before);
        const after = await read(api);
        expect(hasChanged(before, after)).toBe(changed);
        expect("resourceVersion" in after).toBe(settings.resourceVersion !== "absent");
        expect("updatedAt" in after).toBe(settings.updatedAt !== "absent");
      },
    );

    it("shows the old object as long as reads are stale", async () => {
      const { api, advance } = await openWith(open, { staleMs: 1_000, timeToReadyMs: 2_000 });
      const before = await read(api);
      await put(api, before);
      const { resourceVersion, updatedAt } = before;
      expect(await read(api)).toMatchObject({ phase: "READY", resourceVersion, updatedAt });
      advance(1_000);
      const after = await read(api);
      expect(after.phase).toBe("PENDING");
      expect(hasChanged(before, after)).toBe(true);
    });

    it.each(["", "ACTIVE"])("shows the configured phase for a usable key: %j", async (ready) => {
      const { api } = await openWith(open, { phases: { ready } });
      expect(await phase(api)).toBe(ready);
    });

    it("shows an empty phase if the status is omitted", async () => {
      const { api } = await openWith(open, { phases: { ready: null }, detail: "not shown" });
      const state = await read(api);
      expect(state.phase).toBe("");
      expect(state).not.toHaveProperty("detail");
    });
  });
}
