import { describe, expect, it } from "vitest";
import { serve } from "../support/server.ts";
import { startWorld, type World } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const ONE = [{ name: "a", secret: "openai" }];
const TWO = [...ONE, { name: "b", secret: "openai" }];

async function startOne(confluent = {}): Promise<World> {
  const world = await startWorld({ connections: ONE, confluent });
  world.aws.putSecret("openai", "new");
  return world;
}

function putsOf({ confluent }: World) {
  return confluent.requests.filter(({ method }) => method === "PUT");
}

describe("a live connection that differs from its configuration", () => {
  it.each([
    ["is missing", { missing: ["a"] }, "(not-found)", "There is no connection a"],
    ["is of another type", { live: { type: "ANTHROPIC" } }, "(guard)", "a is of type ANTHROPIC, not OPENAI"],
    [
      "has another endpoint",
      { connections: [{ ...TWO[0], name: "a", secret: "openai", endpoint: "https://other.example.com" }] },
      "(guard)",
      "a has the endpoint https://api.example.com/v1, not https://other.example.com",
    ],
  ])("row 13: receives no PUT and is named in the alert if it %s", async (_, options, errorClass, text) => {
    const world = await startWorld({ connections: ONE, ...options });
    world.aws.putSecret("openai", "new");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow(errorClass);
    expect(putsOf(world)).toEqual([]);
    expect(world.aws.published()[0]?.message).toContain(text);
  });

  it("row 13: is replaced as canary by the next connection if it is missing", async () => {
    const world = await startWorld({ connections: TWO, missing: ["a"] });
    world.aws.putSecret("openai", "new");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 2 failed (not-found)");
    expect(world.keysPut("b")).toEqual(["new"]);
  });

  it.each([1, 2, 3])(
    "row 20: is read again and receives another PUT after %i changes by another client",
    async (times) => {
      const world = await startOne();
      world.confluent.fail({ method: "PUT", times, fault: { kind: "touch" } });
      expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded", counts: { ready: 1 } });
      const methods = world.confluent.requests.map(({ method }) => method).slice(0, 2 + 2 * times);
      expect(methods).toEqual(["GET", "PUT", ...Array(times).fill(["GET", "PUT"]).flat()]);
      const versions = putsOf(world).map(({ resourceVersion }) => resourceVersion);
      expect(new Set(versions).size).toBe(times + 1);
      expect(world.keysPut("a")).toEqual(["new"]);
    },
  );

  it.each([409, 412])("row 20: receives three more PUTs at most after a persistent %i", async (status) => {
    const world = await startOne();
    world.confluent.fail({ method: "PUT", times: 1_000, fault: { kind: "status", status } });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(service)");
    expect(putsOf(world)).toHaveLength(4);
    expect(world.aws.published()[0]?.message).toContain("Another client changed the connection");
  });

  it("row 20: receives no PUT if it is replaced by another type after the first read", async () => {
    const world = await startOne({ latencyMs: 100 });
    world.confluent.fail({ method: "PUT", fault: { kind: "status", status: 409 } });
    const run = world.invoke(SCHEDULE);
    const endpoint = "https://api.example.com/v1";
    const replace = world.clock.sleep(150).then(() => {
      world.confluent.addConnection("env-1", { name: "a", type: "ANTHROPIC", endpoint, data: {} });
    });
    await expect(run).rejects.toThrow("(guard)");
    await replace;
    expect(putsOf(world)).toHaveLength(1);
    expect(world.keysPut("a")).toEqual([]);
  });
});

describe("a redirect", () => {
  it("row 21: to the same host is followed with method, body and credentials", async () => {
    const world = await startOne();
    const path = "/sql/v1/organizations/org-1/environments/env-1/connections/a";
    const location = `${world.confluent.url}${path}`;
    world.confluent.fail({ method: "GET", fault: { kind: "redirect", status: 302, location } });
    world.confluent.fail({ method: "PUT", fault: { kind: "redirect", status: 307, location: path } });
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
    expect(world.confluent.requests.every(({ hadAuthorization }) => hadAuthorization)).toBe(true);
    expect(world.keysPut("a")).toEqual(["new"]);
  });

  it.each(["GET", "PUT"] as const)("row 21: of a %s to another host carries no key", async (method) => {
    const received: { authorization: string | undefined; method: string | undefined }[] = [];
    const elsewhere = await serve(({ method, headers: { authorization } }, response) => {
      received.push({ authorization, method });
      response.writeHead(401).end();
    });
    const world = await startOne();
    world.confluent.fail({
      method,
      times: 1_000,
      fault: { kind: "redirect", status: 308, location: `${elsewhere}/login` },
    });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(service)");
    expect(world.aws.published()[0]?.message).toContain(
      "which is not a Confluent host. No key was sent there",
    );
    expect(received.filter(({ method, authorization }) => method === "PUT" || authorization)).toEqual([]);
    expect(world.keysPut("a")).toEqual([]);
  });

  it("row 21: in a loop ends", async () => {
    const world = await startOne();
    const location = "/sql/v1/organizations/org-1/environments/env-1/connections/a";
    world.confluent.fail({ method: "GET", times: 1_000, fault: { kind: "redirect", status: 302, location } });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(service)");
    expect(putsOf(world)).toEqual([]);
  });
});
