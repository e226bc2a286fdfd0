import { describe, expect, it } from "vitest";
import { COLLECTION, call, connection, listed, sandboxWith } from "./client.ts";

const names = (count: number) => Array.from({ length: count }, (_, at) => `c-${String(at).padStart(3, "0")}`);

const many = (count: number) =>
  names(count)
    .toReversed()
    .map((name) => connection({ name }));

describe("LIST in the Confluent stand-in", () => {
  it("returns ten connections per page, in the order in which they were added", async () => {
    const { sandbox } = await sandboxWith({}, ...many(25));
    const seen: string[][] = [];
    for (let query: string | undefined = ""; query !== undefined; ) {
      const { data, metadata } = await listed(sandbox, query);
      seen.push(data.map(({ name }) => name));
      query = metadata.next ? new URL(metadata.next).search : undefined;
    }
    expect(seen.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(seen.flat()).toEqual(names(25).toReversed());
  });

  it("accepts a page size from 1 to 100", async () => {
    const { sandbox } = await sandboxWith({}, ...many(100));
    expect((await listed(sandbox, "?page_size=100")).data).toHaveLength(100);
    for (const size of ["101", "0", "many"]) {
      expect(await call(sandbox, `${COLLECTION}?page_size=${size}`)).toMatchObject({ status: 400 });
    }
  });

  it("refuses an unknown page token", async () => {
    const { sandbox } = await sandboxWith();
    expect(await call(sandbox, `${COLLECTION}?page_token=2`)).toMatchObject({ status: 400 });
  });

  it("shows the advertised base in the address of the next page", async () => {
    const { sandbox } = await sandboxWith({ advertisedUrl: "https://elsewhere.invalid" }, ...many(11));
    const { next } = (await listed(sandbox)).metadata;
    expect(next).toMatch(/^https:\/\/elsewhere\.invalid\/sql\/v1\/.*page_token=/);
    expect((await listed(sandbox, new URL(String(next)).search)).metadata.next).toBeUndefined();
  });
});
