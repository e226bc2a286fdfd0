import { describe, expect, it } from "vitest";
import type { ConnectionState } from "../../../src/rotation/connection.ts";
import type { ConnectionPage, ConnectionsApi } from "../../../src/rotation/dependencies.ts";
import { RotationError } from "../../../src/rotation/errors.ts";
import { ConnectionReader, type ReadResult } from "../../../src/rotation/polling/reader.ts";
import { flinkApiKey } from "../../support/builders.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { FakeConfluent } from "../../support/fake-confluent.ts";

type List = ConnectionsApi["list"];

/** A reader of 250 connections on three pages; `change` replaces LIST or GET. */
function open(change: (api: ConnectionsApi) => Partial<ConnectionsApi>) {
  const confluent = new FakeConfluent({ clock: new FakeClock() });
  for (let index = 0; index < 250; index += 1) confluent.add(`c${index}`);
  const requests: string[] = [];
  const real = confluent.api(flinkApiKey());
  const { list, get }: Pick<ConnectionsApi, "list" | "get"> = { ...real, ...change(real) };
  const reader = new ConnectionReader({
    ...real,
    list: (token) => {
      requests.push("LIST");
      return list(token);
    },
    get: (name) => {
      requests.push("GET");
      return get(name);
    },
  });
  const read = async (...names: readonly string[]) => {
    requests.length = 0;
    const results = new Map<string, ReadResult>();
    await reader.read(names, (name, result) => results.set(name, result));
    const found = names.filter((name) => !(results.get(name) instanceof RotationError) && results.get(name));
    return { found, requests: [...requests], results };
  };
  return { read };
}

const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `c${from + index}`);

const answered = (httpStatus: number) => {
  const errorClass = httpStatus === 404 ? "not-found" : httpStatus < 404 ? "unauthorized" : "service";
  return new RotationError(errorClass, `Confluent answered ${httpStatus}.`, { httpStatus });
};

const failing = (error: Error) => () => ({ list: () => Promise.reject(error) });

describe("a LIST that fails for good", () => {
  it.each([
    answered(403),
    answered(500),
    new RotationError("service", "The response is larger than 8 MiB."),
    new RotationError("timeout", "No complete response in time."),
  ])("is replaced by GETs for the rest of the run: $message", async (error) => {
    const { read } = open(failing(error));
    expect(await read("c0", "c1", "c2")).toMatchObject({
      found: ["c0", "c1", "c2"],
      requests: ["LIST", "GET", "GET", "GET"],
    });
    expect(await read("c1", "c2")).toMatchObject({ found: ["c1", "c2"], requests: ["GET", "GET"] });
  });

  it.each([401, 404])("with %i is not replaced by GETs", async (status) => {
    const error = answered(status);
    await expect(open(failing(error)).read("c0", "c1")).rejects.toBe(error);
  });

  it.each(["unreachable", "throttled"] as const)(
    "with an error of class %s is not replaced by GETs",
    async (errorClass) => {
      const error = new RotationError(errorClass, "The host cannot be asked.");
      await expect(open(failing(error)).read("c0", "c1")).rejects.toBe(error);
    },
  );

  it("fails with its own error, after one GET, if that fails too", async () => {
    let gets = 0;
    const error = answered(500);
    const { read } = open(() => ({
      list: () => Promise.reject(error),
      get: () => {
        gets += 1;
        return Promise.reject(answered(503));
      },
    }));
    await expect(read(...names(0, 50))).rejects.toBe(error);
    expect(gets).toBe(1);
  });

  it("reports a connection that does not exist", async () => {
    const { found, results } = await open(failing(answered(500))).read("x", "c1");
    expect(found).toEqual(["c1"]);
    expect(results.has("x")).toBe(true);
  });

  it("does not hide an unexpected error", async () => {
    const bug = new TypeError("a bug");
    await expect(open(failing(bug)).read("c0", "c1")).rejects.toBe(bug);
  });

  it("on a known page is replaced by GETs too", async () => {
    let isBroken = false;
    const list = (real: List): List => {
      return (token) => (isBroken ? Promise.reject(answered(500)) : real(token));
    };
    const { read } = open((api) => ({ list: list(api.list) }));
    await read(...names(0, 250));
    isBroken = true;
    expect(await read("c120", "c130")).toMatchObject({
      found: ["c120", "c130"],
      requests: ["LIST", "GET", "GET"],
    });
  });
});

describe("a page token", () => {
  it.each([400, 404, 410])("that has expired (%i) is forgotten, and no other", async (status) => {
    let failures = 0;
    const list = (real: List): List => {
      return (token) =>
        token !== undefined && failures-- > 0 ? Promise.reject(answered(status)) : real(token);
    };
    const { read } = open((api) => ({ list: list(api.list) }));
    await read(...names(0, 250));
    failures = 1;
    expect(await read("c120", "c130")).toMatchObject({
      found: ["c120", "c130"],
      requests: ["LIST", "GET", "GET"],
    });
    expect(await read("c210", "c220")).toMatchObject({ requests: ["LIST"] });
    expect(await read("c120", "c130")).toMatchObject({ requests: ["LIST", "LIST"] });
  });

  it("that never works leaves the other connections to GETs", async () => {
    const list = (real: List): List => {
      return (token) => (token === undefined ? real(token) : Promise.reject(answered(400)));
    };
    const { read } = open((api) => ({ list: list(api.list) }));
    const { found, requests } = await read(...names(95, 105));
    expect(found).toHaveLength(10);
    expect(requests).toEqual(["LIST", "LIST", ...Array(5).fill("GET")]);
  });

  it("that was seen before ends the list", async () => {
    const list = (real: List): List => {
      return async () => ({ ...(await real()), nextToken: "again" });
    };
    const { read } = open((api) => ({ list: list(api.list) }));
    const { found, requests } = await read(...names(98, 103));
    expect(found).toHaveLength(5);
    expect(requests).toEqual(["LIST", "LIST", "GET", "GET", "GET"]);
  });
});

describe("a LIST without phases", () => {
  const silent = (state: ConnectionState): ConnectionState => ({ ...state, phase: "" });
  const withoutPhases = async (page: Promise<ConnectionPage>): Promise<ConnectionPage> => ({
    ...(await page),
    connections: (await page).connections.map(silent),
  });

  it("is replaced by GETs if these show the phases", async () => {
    const { read } = open(({ list }) => ({ list: (token) => withoutPhases(list(token)) }));
    const { results, requests } = await read("c0", "c1");
    expect(requests).toEqual(["LIST", "GET", "GET", "GET"]);
    expect(results.get("c1")).toMatchObject({ phase: "READY" });
    expect(await read("c0", "c1")).toMatchObject({ requests: ["GET", "GET"] });
  });

  it("is used if GETs show no phases either", async () => {
    const { read } = open(({ list, get }) => ({
      list: (token) => withoutPhases(list(token)),
      get: async (name) => {
        const state = await get(name);
        return state && silent(state);
      },
    }));
    expect(await read("c0", "c1")).toMatchObject({ found: ["c0", "c1"], requests: ["LIST", "GET"] });
    expect(await read("c0", "c1")).toMatchObject({ found: ["c0", "c1"], requests: ["LIST"] });
  });

  it.each([
    ["fails", () => Promise.reject(answered(500))],
    ["finds no connection", async () => undefined],
  ])("is used if the GET that would show the phases %s", async (_, get) => {
    const { read } = open(({ list }) => ({ list: (token) => withoutPhases(list(token)), get }));
    expect(await read("c0", "c1")).toMatchObject({ found: ["c0", "c1"], requests: ["LIST", "GET"] });
  });
});
