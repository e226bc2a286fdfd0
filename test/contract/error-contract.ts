import { describe, expect, it } from "vitest";
import { hasChanged } from "../../src/rotation/connection.ts";
import { NEW_KEY, type OpenFixture, openWith, put, read } from "./fixture.ts";

/** The errors that every implementation of the connections API throws. */
export function describeErrors(implementation: string, open: OpenFixture): void {
  describe(`errors of the connections API (${implementation})`, () => {
    it("throws UnauthorizedError with 401 for an unknown API key", async () => {
      const { stranger } = await openWith(open);
      const refusal = { name: "UnauthorizedError", response: { httpStatus: 401 } };
      await expect(stranger.list()).rejects.toMatchObject(refusal);
      await expect(stranger.get("a")).rejects.toMatchObject(refusal);
      await expect(put(stranger)).rejects.toMatchObject(refusal);
    });

    it("throws UnauthorizedError with 403 for an API key without the role", async () => {
      const { api, fail } = await openWith(open);
      fail("PUT", "forbidden");
      await expect(put(api)).rejects.toMatchObject({
        name: "UnauthorizedError",
        response: { httpStatus: 403 },
      });
    });

    it("throws a rejected error for a PUT with refused data and applies nothing", async () => {
      const { api, fail, held } = await openWith(open);
      fail("PUT", "refused");
      await expect(put(api)).rejects.toMatchObject({ errorClass: "rejected" });
      expect(held("a")).not.toEqual({ API_KEY: NEW_KEY });
    });

    it.each([
      { method: "LIST", fault: "refused", httpStatus: 400 },
      { method: "GET", fault: "refused", httpStatus: 400 },
      { method: "LIST", fault: "service", httpStatus: 503 },
      { method: "GET", fault: "service", httpStatus: 503 },
    ] as const)("throws a service error for a $method with $httpStatus", async (expected) => {
      const { method, fault, httpStatus } = expected;
      const { api, fail } = await openWith(open);
      fail(method, fault);
      const response = method === "LIST" ? api.list() : api.get("a");
      await expect(response).rejects.toMatchObject({ errorClass: "service", response: { httpStatus } });
    });

    it.each([
      { fault: "lost", applied: true },
      { fault: "dropped", applied: false },
      { fault: "service", applied: false },
    ] as const)("throws UnknownResultError for a PUT with the fault $fault", async ({ fault, applied }) => {
      const { api, advance, fail, held } = await openWith(open);
      const before = await read(api);
      advance(10);
      fail("PUT", fault);
      await expect(put(api, before)).rejects.toMatchObject({ name: "UnknownResultError" });
      expect(hasChanged(before, await read(api))).toBe(applied);
      expect(held("a")["API_KEY"] === NEW_KEY).toBe(applied);
    });
  });
}
