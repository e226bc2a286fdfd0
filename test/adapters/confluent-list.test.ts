import { describe, expect, it } from "vitest";
import { addConnection, startBench } from "./client.ts";
import { answeredBy, COLLECTION, SHOWN } from "./fixed-reply.ts";

describe("a page of connections", () => {
  it("has at most a hundred connections and the token of the next page", async () => {
    const { api, sandbox } = await startBench();
    for (let index = 0; index < 204; index += 1) addConnection(sandbox, `more-${index}`);
    const sizes: number[] = [];
    let token: string | undefined;
    do {
      const page = await api.list(token);
      sizes.push(page.connections.length);
      token = page.nextToken;
    } while (token !== undefined);
    expect(sizes).toEqual([100, 100, 5]);
  });

  it("is never requested at the URL in metadata.next", async () => {
    const { api, sandbox } = await startBench({ advertisedUrl: "https://printed.example.com/elsewhere" });
    for (let index = 0; index < 100; index += 1) addConnection(sandbox, `more-${index}`);
    const { nextToken } = await api.list();
    const { connections } = await api.list(nextToken);
    expect(connections).toHaveLength(1);
    expect(sandbox.requests.every(({ path }) => path.startsWith(`${COLLECTION}?page_size=100`))).toBe(true);
  });

  it.each([
    ["https://flink.example.com/x?page_size=100&page_token=abc", "abc"],
    ["/x?page_token=a%2Bb%2F%3D%26c", "a+b/=&c"],
    ["?page_token=abc", "abc"],
    ["https://flink.example.com/x?page_token=", undefined],
    ["https://flink.example.com/x", undefined],
    ["https://[", undefined],
    ["", undefined],
    [null, undefined],
    [undefined, undefined],
    [7, undefined],
  ])("with metadata.next %j has the next token %j", async (next, expected) => {
    const { api, arrivals } = await answeredBy({ body: { data: [SHOWN], metadata: { next } } });
    const { nextToken } = await api.list("a+b/=&c");
    expect(nextToken).toBe(expected);
    expect(new URL(arrivals[0]?.url ?? "", "http://localhost").searchParams.get("page_token")).toBe(
      "a+b/=&c",
    );
  });

  it("may come without metadata", async () => {
    const { api } = await answeredBy({ body: { data: [SHOWN] } });
    await expect(api.list()).resolves.toMatchObject({ connections: [{ name: "a" }] });
  });

  it("does not include items that are not connections", async () => {
    const { api } = await answeredBy({
      body: { data: [null, 7, [], {}, { name: "x" }, SHOWN], metadata: null },
    });
    const { connections } = await api.list();
    expect(connections.map(({ name }) => name)).toEqual(["a"]);
  });
});
