import { describe, expect, it } from "vitest";
import type { ConnectionsApi } from "../../../src/rotation/dependencies.ts";
import { RotationError } from "../../../src/rotation/errors.ts";
import { ConnectionReader, type ReadResult } from "../../../src/rotation/polling/reader.ts";
import { flinkApiKey } from "../../support/builders.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { FakeConfluent, type FakeOptions } from "../../support/fake-confluent.ts";

function open(count: number, options: Partial<FakeOptions> = {}) {
  const confluent = new FakeConfluent({ clock: new FakeClock(), ...options });
  for (let index = 0; index < count; index += 1) confluent.add(`c${index}`);
  const reader = new ConnectionReader(confluent.api(flinkApiKey()));
  const look = async (...names: readonly string[]) => {
    confluent.requests.length = 0;
    const initialStates = new Map<string, ReadResult>();
    await reader.read(names, (name, sight) => initialStates.set(name, sight));
    return { initialStates, methods: confluent.requests.map(({ method }) => method) };
  };
  return { confluent, look };
}

function names(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `c${from + index}`);
}

function seen(initialStates: ReadonlyMap<string, ReadResult>, ...wanted: readonly string[]) {
  return wanted.map((name) => {
    const sight = initialStates.get(name);
    return sight instanceof RotationError ? sight.errorClass : sight?.name;
  });
}

describe("a lookout", () => {
  it("asks for one connection by GET", async () => {
    const { initialStates, methods } = await open(3).look("c1");
    expect(seen(initialStates, "c1")).toEqual(["c1"]);
    expect(methods).toEqual(["GET"]);
  });

  it("asks for several by one LIST", async () => {
    const { initialStates, methods } = await open(3).look("c0", "c2");
    expect(seen(initialStates, "c0", "c2")).toEqual(["c0", "c2"]);
    expect(methods).toEqual(["LIST"]);
  });

  it("asks for nothing where there is nothing to see", async () => {
    expect(await open(3).look()).toEqual({ initialStates: new Map(), methods: [] });
  });

  it("follows the pages until all are seen, and no further", async () => {
    const { initialStates, methods } = await open(350).look("c0", "c150", "c151", "c50");
    expect(seen(initialStates, "c0", "c50", "c150", "c151")).toEqual(["c0", "c50", "c150", "c151"]);
    expect(methods).toEqual(["LIST", "LIST"]);
  });

  it("turns to GETs where these are fewer than the pages may be", async () => {
    const { initialStates, methods } = await open(350).look("c300", "c301");
    expect(seen(initialStates, "c300", "c301")).toEqual(["c300", "c301"]);
    expect(methods).toEqual(["LIST", "LIST", "GET", "GET"]);
  });

  it("asks for the last one that is missing by GET", async () => {
    const { methods } = await open(350).look("c0", "c1", "c300");
    expect(methods).toEqual(["LIST", "GET"]);
  });

  it("says what is not there, whether it was listed or asked for", async () => {
    const { look } = open(2);
    const listed = await look("c0", "x", "y");
    expect(listed.initialStates.has("x") && listed.initialStates.has("y")).toBe(true);
    expect(seen(listed.initialStates, "c0", "x", "y")).toEqual(["c0", undefined, undefined]);
    const asked = await look("x");
    expect([...asked.initialStates]).toEqual([["x", undefined]]);
  });

  it("remembers on which page each connection is", async () => {
    const { look } = open(250);
    await look(...names(0, 250));
    const { initialStates, methods } = await look("c120", "c130", "c210", "c220");
    expect(seen(initialStates, "c120", "c130", "c210", "c220")).toEqual(["c120", "c130", "c210", "c220"]);
    expect(methods).toEqual(["LIST", "LIST"]);
  });

  it("asks for a single one by GET, though its page is known", async () => {
    const { look } = open(250);
    await look(...names(0, 250));
    expect((await look("c120")).methods).toEqual(["GET"]);
  });

  it("asks by GET for what is no longer on its page", async () => {
    const { confluent } = open(3);
    const api = confluent.api(flinkApiKey());
    const shrinking: ConnectionsApi = {
      ...api,
      list: async (token) => {
        const page = await api.list(token);
        const isFirst = confluent.requests.length === 1;
        return isFirst ? page : { connections: page.connections.filter(({ name }) => name !== "c1") };
      },
    };
    const reader = new ConnectionReader(shrinking);
    await reader.read(["c0", "c1"], () => undefined);
    const initialStates = new Map<string, ReadResult>();
    await reader.read(["c0", "c1"], (name, sight) => initialStates.set(name, sight));
    expect(seen(initialStates, "c0", "c1")).toEqual(["c0", "c1"]);
    expect(confluent.requests.map(({ method }) => method)).toEqual(["LIST", "LIST", "GET"]);
  });

  it("fails as a whole when a page cannot be read", async () => {
    const { look } = open(3, { fault: ({ method }) => (method === "LIST" ? "service" : undefined) });
    await expect(look("c0", "c1")).rejects.toMatchObject({ errorClass: "service" });
  });

  it("sees an error where only a GET fails", async () => {
    const { look } = open(350, { fault: ({ name }) => (name === "c300" ? "service" : undefined) });
    const { initialStates } = await look("c300", "c301");
    expect(seen(initialStates, "c300", "c301")).toEqual(["service", "c301"]);
  });

  it("lets a bug through", async () => {
    const { confluent } = open(1);
    const reader = new ConnectionReader({
      ...confluent.api(flinkApiKey()),
      get: () => Promise.reject(new TypeError("bug")),
    });
    await expect(reader.read(["c0"], () => undefined)).rejects.toThrow("bug");
  });

  /** Two hundred and fifty connections whose pages are known, and an error for the next page that is asked for by token. */
  async function known(error: Error) {
    const { confluent } = open(250);
    const api = confluent.api(flinkApiKey());
    let left = 0;
    const failing: ConnectionsApi = {
      ...api,
      list: (token) => (token !== undefined && left-- > 0 ? Promise.reject(error) : api.list(token)),
    };
    const reader = new ConnectionReader(failing);
    await reader.read(names(0, 250), () => undefined);
    left = 1;
    const look = async (...wanted: readonly string[]) => {
      confluent.requests.length = 0;
      const initialStates = new Map<string, ReadResult>();
      await reader.read(wanted, (name, sight) => initialStates.set(name, sight));
      return {
        seen: seen(initialStates, ...wanted),
        methods: confluent.requests.map(({ method }) => method),
      };
    };
    return look;
  }

  it("forgets a page whose token has ended, and only that one", async () => {
    const look = await known(new RotationError("service", "Confluent answered 400.", { httpStatus: 400 }));
    expect(await look("c120", "c130")).toEqual({ seen: ["c120", "c130"], methods: ["GET", "GET"] });
    expect(await look("c210", "c220")).toMatchObject({ methods: ["LIST"] });
    expect(await look("c120", "c130")).toMatchObject({ methods: ["LIST", "LIST"] });
  });

  it.each([
    new RotationError("service", "Confluent answered 500.", { httpStatus: 500 }),
    new TypeError("a bug"),
  ])("fails when a page that it knows cannot be read: $message", async (error) => {
    const look = await known(error);
    await expect(look("c120", "c130")).rejects.toBe(error);
  });
});
