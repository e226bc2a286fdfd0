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
  const read = async (...names: readonly string[]) => {
    confluent.requests.length = 0;
    const results = new Map<string, ReadResult>();
    await reader.read(names, (name, result) => results.set(name, result));
    return { results, methods: confluent.requests.map(({ method }) => method) };
  };
  return { confluent, reader, read };
}

function names(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => `c${from + index}`);
}

function seen(results: ReadonlyMap<string, ReadResult>, ...wanted: readonly string[]) {
  return wanted.map((name) => {
    const result = results.get(name);
    return result instanceof RotationError ? result.errorClass : result?.name;
  });
}

describe("the connection reader", () => {
  it("reads one connection by GET", async () => {
    const { results, methods } = await open(3).read("c1");
    expect(seen(results, "c1")).toEqual(["c1"]);
    expect(methods).toEqual(["GET"]);
  });

  it("reads several connections by one LIST", async () => {
    const { results, methods } = await open(3).read("c0", "c2");
    expect(seen(results, "c0", "c2")).toEqual(["c0", "c2"]);
    expect(methods).toEqual(["LIST"]);
  });

  it("sends no request for no names", async () => {
    expect(await open(3).read()).toEqual({ results: new Map(), methods: [] });
  });

  it("follows the pages until it has found all names, and no further", async () => {
    const { results, methods } = await open(350).read("c0", "c150", "c151", "c50");
    expect(seen(results, "c0", "c50", "c150", "c151")).toEqual(["c0", "c50", "c150", "c151"]);
    expect(methods).toEqual(["LIST", "LIST"]);
  });

  it("uses GETs if they are fewer than the pages may be", async () => {
    const { results, methods } = await open(350).read("c300", "c301");
    expect(seen(results, "c300", "c301")).toEqual(["c300", "c301"]);
    expect(methods).toEqual(["LIST", "LIST", "GET", "GET"]);
  });

  it("reads the last missing connection by GET", async () => {
    const { methods } = await open(350).read("c0", "c1", "c300");
    expect(methods).toEqual(["LIST", "GET"]);
  });

  it("reports connections that do not exist, by LIST and by GET", async () => {
    const { read } = open(2);
    const listed = await read("c0", "x", "y");
    expect(listed.results.has("x") && listed.results.has("y")).toBe(true);
    expect(seen(listed.results, "c0", "x", "y")).toEqual(["c0", undefined, undefined]);
    const asked = await read("x");
    expect([...asked.results]).toEqual([["x", undefined]]);
  });

  it("remembers which page lists each connection", async () => {
    const { read } = open(250);
    await read(...names(0, 250));
    const { results, methods } = await read("c120", "c130", "c210", "c220");
    expect(seen(results, "c120", "c130", "c210", "c220")).toEqual(["c120", "c130", "c210", "c220"]);
    expect(methods).toEqual(["LIST", "LIST"]);
  });

  it("is listing a connection while the page that shows it is on its way, and only then", async () => {
    const { reader, read } = open(250);
    expect(reader.isListing("c120")).toBe(false);
    await read(...names(0, 250));
    const reading = read("c120", "c130");
    expect(["c120", "c199", "c10"].map((name) => reader.isListing(name))).toEqual([true, true, false]);
    await reading;
    expect(reader.isListing("c120")).toBe(false);
  });

  it("reads a single connection by GET even if its page is known", async () => {
    const { read } = open(250);
    await read(...names(0, 250));
    expect((await read("c120")).methods).toEqual(["GET"]);
  });

  it("reads a connection by GET that is no longer on its page", async () => {
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
    const results = new Map<string, ReadResult>();
    await reader.read(["c0", "c1"], (name, result) => results.set(name, result));
    expect(seen(results, "c0", "c1")).toEqual(["c0", "c1"]);
    expect(confluent.requests.map(({ method }) => method)).toEqual(["LIST", "LIST", "GET"]);
  });

  it("returns the error of a GET for its name alone", async () => {
    const { read } = open(350, { fault: ({ name }) => (name === "c300" ? "service" : undefined) });
    const { results } = await read("c300", "c301");
    expect(seen(results, "c300", "c301")).toEqual(["service", "c301"]);
  });

  it("does not catch unexpected errors", async () => {
    const { confluent } = open(1);
    const reader = new ConnectionReader({
      ...confluent.api(flinkApiKey()),
      get: () => Promise.reject(new TypeError("bug")),
    });
    await expect(reader.read(["c0"], () => undefined)).rejects.toThrow("bug");
  });
});
