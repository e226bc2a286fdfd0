import { describe, expect, it } from "vitest";
import { hasChanged } from "../../src/rotation/connection.ts";
import { UntrustedText } from "../../src/rotation/untrusted-text.ts";
import {
  NEW_KEY,
  type OpenFixture,
  openRefusing,
  openWith,
  phase,
  put,
  REFUSED_KEY,
  read,
  readFromList,
} from "./fixture.ts";

/** How every implementation reports on a new key in each world. */
export function describeWorlds(implementation: string, open: OpenFixture): void {
  describe(`the worlds of the connections API (${implementation})`, () => {
    it.each([NEW_KEY, REFUSED_KEY])(
      "silent: the phase is empty before and after a PUT of %s",
      async (key) => {
        const { api, advance } = await openRefusing(open, { world: "silent", timeToReadyMs: 1_000 });
        const before = await read(api);
        advance(10);
        await put(api, { ...before, key });
        const after = await read(api);
        advance(1_000);
        expect([before.phase, after.phase, await phase(api)]).toEqual(["", "", ""]);
        expect(hasChanged(before, after)).toBe(true);
      },
    );

    it.each([NEW_KEY, REFUSED_KEY])(
      "credulous: the phase is READY at once after a PUT of %s",
      async (key) => {
        const { api, advance } = await openRefusing(open, { world: "credulous", timeToReadyMs: 1_000 });
        const before = await read(api);
        advance(10);
        await put(api, { ...before, key });
        const after = await read(api);
        expect([before.phase, after.phase]).toEqual(["READY", "READY"]);
        expect(hasChanged(before, after)).toBe(true);
      },
    );

    it.each([
      { initially: "ready", key: REFUSED_KEY, before: "READY", verdict: "INVALID_AUTH" },
      { initially: "invalidAuth", key: NEW_KEY, before: "INVALID_AUTH", verdict: "READY" },
    ] as const)(
      "controller: version and time change at the PUT, and $before lasts until $verdict",
      async ({ initially, key, ...expected }) => {
        const world = { world: "controller", verdictAfterMs: 1_000, initially } as const;
        const { api, advance } = await openRefusing(open, world);
        const before = await read(api);
        advance(10);
        await put(api, { ...before, key });
        const after = await read(api);
        expect([before.phase, after.phase]).toEqual([expected.before, expected.before]);
        expect(hasChanged(before, after)).toBe(true);
        advance(999);
        expect(await phase(api)).toBe(expected.before);
        advance(1);
        expect(await phase(api)).toBe(expected.verdict);
      },
    );

    it("controller: a second PUT before the verdict leaves the phase as it was before the first", async () => {
      const { api, advance } = await openRefusing(open, { world: "controller", verdictAfterMs: 1_000 });
      await put(api, { key: REFUSED_KEY });
      advance(600);
      await put(api);
      advance(600);
      expect(await phase(api)).toBe("READY");
      advance(400);
      expect(await phase(api)).toBe("READY");
    });

    it.each([
      { key: NEW_KEY, verdict: "READY" },
      { key: REFUSED_KEY, verdict: "INVALID_AUTH" },
    ])("prompt: the phase is PENDING until $verdict", async ({ key, verdict }) => {
      const { api, advance } = await openRefusing(open, { world: "prompt", timeToReadyMs: 1_000 });
      await put(api, { key });
      expect(await phase(api)).toBe("PENDING");
      advance(1_000);
      expect(await phase(api)).toBe(verdict);
    });
  });

  describe(`verdicts of the connections API (${implementation})`, () => {
    it.each(["INVALID_AUTH", "UNREACHABLE", "KEY_EXPIRED"])("shows %s for a refused key", async (word) => {
      const { api } = await openRefusing(open, { rejectedPhase: word });
      await put(api, { key: REFUSED_KEY });
      expect(await phase(api)).toBe(word);
      await put(api);
      expect(await phase(api)).toBe("READY");
    });

    it.each([
      { judged: "always", isPutAgain: false },
      { judged: "on-put", isPutAgain: true },
    ] as const)("accepts a young key later, judged $judged", async ({ judged, isPutAgain }) => {
      const fixture = await open();
      const { api, advance } = fixture;
      const accepts = [{ value: NEW_KEY, validFrom: fixture.now() + 5_000 }];
      fixture.add("a", { accepts, judged });
      await put(api);
      expect(await phase(api)).toBe("INVALID_AUTH");
      advance(5_000);
      expect(await phase(api)).toBe(isPutAgain ? "INVALID_AUTH" : "READY");
      if (isPutAgain) await put(api);
      expect(await phase(api)).toBe("READY");
    });

    it("shows UNREACHABLE after a PUT if the endpoint cannot be reached", async () => {
      const { api } = await openWith(open, { unreachable: true });
      expect(await phase(api)).toBe("READY");
      await put(api);
      expect(await phase(api)).toBe("UNREACHABLE");
    });
  });

  describe(`replicas of the connections API (${implementation})`, () => {
    it("a lagging replica answers every other GET, beginning with the first after a PUT", async () => {
      const { api, advance } = await openRefusing(open, { replicaLagMs: 1_000 });
      const before = await read(api);
      advance(10);
      await put(api, { ...before, key: REFUSED_KEY });
      const [stale, fresh, staleAgain] = [await read(api), await read(api), await read(api)];
      const { resourceVersion, updatedAt } = before;
      const past = { phase: "READY", resourceVersion, updatedAt };
      expect([stale, staleAgain]).toMatchObject([past, past]);
      expect(hasChanged(before, fresh)).toBe(true);
      expect(fresh.phase).toBe("INVALID_AUTH");
      advance(1_000);
      expect([await phase(api), await phase(api)]).toEqual(["INVALID_AUTH", "INVALID_AUTH"]);
    });

    it("a lagging replica answers every other LIST", async () => {
      const { api, advance } = await openWith(open, { replicaLagMs: 1_000 });
      const before = await read(api);
      advance(10);
      await put(api, before);
      const changed: boolean[] = [];
      for (let count = 0; count < 4; count += 1) changed.push(hasChanged(before, await readFromList(api)));
      expect(changed).toEqual([true, false, true, false]);
    });
  });

  describe(`PUTs that the connections API does not apply (${implementation})`, () => {
    it.each([
      { status: 400, error: { errorClass: "rejected" } },
      { status: 409, error: { name: "ConflictError" } },
      { status: 412, error: { name: "ConflictError" } },
    ] as const)(
      "a PUT with metadata is refused with $status, and one without is accepted",
      async ({ status, error }) => {
        const { api, held } = await openWith(open, { refusesMetadata: status });
        await expect(put(api, await read(api))).rejects.toMatchObject(error);
        expect(held("a")).not.toEqual({ API_KEY: NEW_KEY });
        await put(api);
        expect(held("a")).toEqual({ API_KEY: NEW_KEY });
      },
    );

    it("a PUT that is answered with an HTML page changes nothing", async () => {
      const { api, advance, held } = await openWith(open, { htmlOnPut: true });
      const before = await read(api);
      advance(10);
      await expect(put(api, before)).rejects.toMatchObject({
        name: "UnknownResultError",
        response: { httpStatus: 200 },
      });
      expect(await read(api)).toEqual({ ...before, requestId: expect.any(UntrustedText) });
      expect(held("a")).not.toEqual({ API_KEY: NEW_KEY });
    });
  });
}
