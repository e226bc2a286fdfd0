import { describe, expect, it } from "vitest";
import { ConfluentClient } from "../../src/adapters/confluent.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { serve } from "../support/server.ts";
import { API_KEY, addConnection, clientOf, startBench, update } from "./client.ts";
import { answeredBy, COLLECTION, SHOWN } from "./fixed-reply.ts";

describe("a request of the Confluent client", () => {
  it("has the API key as Basic credentials and asks for JSON", async () => {
    const { api, arrivals } = await answeredBy({ body: SHOWN });
    await api.get("a");
    const basic = Buffer.from(`${API_KEY.key}:${API_KEY.secret}`).toString("base64");
    expect(arrivals[0]?.headers).toMatchObject({
      authorization: `Basic ${basic}`,
      accept: "application/json",
    });
    expect(arrivals[0]?.headers).not.toHaveProperty("content-type");
  });

  it.each([
    ["a b", "a%20b"],
    ["a/b", "a%2Fb"],
    ["my_connection", "my_connection"],
    ["größe", "gr%C3%B6%C3%9Fe"],
    ["a?b=c&d#e", "a%3Fb%3Dc%26d%23e"],
    ["50%", "50%25"],
    ["%2e%2e", "%252e%252e"],
  ])("encodes the name %j as %s in its path", async (name, segment) => {
    const { api, arrivals } = await answeredBy({ body: SHOWN });
    await api.get(name);
    await api.put(update({ name }));
    expect(arrivals.map(({ url }) => url)).toEqual([`${COLLECTION}/${segment}`, `${COLLECTION}/${segment}`]);
  });

  it("encodes organization and environment in its path, below the path of the endpoint", async () => {
    const arrivals: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      arrivals.push(request.url);
      response.end(JSON.stringify(SHOWN));
    });
    const { connect } = clientOf({ restEndpoint: `${url}/proxy` });
    await connect({ environmentId: "env/1" }).get("a");
    expect(arrivals).toEqual(["/proxy/sql/v1/organizations/org-1/environments/env%2F1/connections/a"]);
  });

  it("reaches a connection whose name must be encoded", async () => {
    const { api, sandbox } = await startBench();
    addConnection(sandbox, "a b/ü?#%");
    await expect(api.get("a b/ü?#%")).resolves.toMatchObject({ name: "a b/ü?#%" });
  });
});

describe("the Confluent client", () => {
  it("does not show its API key if it is printed", () => {
    const { api } = clientOf({ restEndpoint: "http://127.0.0.1:1" });
    expect(api).toBeInstanceOf(ConfluentClient);
    expect(JSON.stringify(api)).toBe("{}");
    expect(String(new Secret(API_KEY.secret))).toBe("[redacted]");
  });
});
