import { describe, expect, it } from "vitest";
import { failureOf, PUSHED_KEY, startBench, update } from "./client.ts";
import { answeredBy } from "./fixed-reply.ts";

describe("a PUT of the Confluent client", () => {
  it("carries name, type, endpoint, version and the data as a JSON text", async () => {
    const { api, arrivals } = await answeredBy({ status: 204 });
    await expect(api.put(update({ resourceVersion: "v1" }))).resolves.toEqual({ httpStatus: 204 });
    expect(arrivals[0]).toMatchObject({ method: "PUT", headers: { "content-type": "application/json" } });
    expect(JSON.parse(arrivals[0]?.body ?? "")).toEqual({
      name: "a",
      metadata: { resource_version: "v1" },
      spec: {
        connection_type: "OPENAI",
        endpoint: "https://api.openai.com/v1/chat/completions",
        auth_data: {
          kind: "PlaintextProvider",
          data: `{"API_KEY":"${PUSHED_KEY}","AUTH_TYPE":"API_KEY"}`,
        },
      },
    });
  });

  it("has no metadata if no version is known", async () => {
    const { api, arrivals } = await answeredBy({});
    await api.put(update());
    expect(JSON.parse(arrivals[0]?.body ?? "")).not.toHaveProperty("metadata");
  });

  it.each([false, true])(
    "whose TCP connection breaks (applied: %s) is sent once and has an unknown result",
    async (applied) => {
      const { api, sandbox } = await startBench();
      sandbox.fail({ method: "PUT", fault: { kind: "reset", applied } });
      const error = await failureOf(api.put(update()));
      expect(error).toMatchObject({ name: "UnknownResultError", errorClass: "unreachable" });
      expect(error.message).toMatch(/could not be reached .*Whether the PUT was applied is not known\.$/);
      expect(sandbox.requests).toHaveLength(1);
      expect(sandbox.connection("a").data).toMatchObject({ API_KEY: applied ? PUSHED_KEY : "old" });
    },
  );

  it("whose response is too large has an unknown result", async () => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ method: "PUT", fault: { kind: "huge" } });
    expect(await failureOf(api.put(update()))).toMatchObject({
      name: "UnknownResultError",
      errorClass: "service",
    });
  });

  it("that is redirected to a foreign host is not sent there and counts as not applied", async () => {
    const { api, sandbox } = await startBench();
    const location = "https://login.example.com/";
    sandbox.fail({ method: "PUT", fault: { kind: "redirect", status: 307, location } });
    expect(await failureOf(api.put(update()))).toMatchObject({
      name: "RotationError",
      errorClass: "service",
    });
  });
});
