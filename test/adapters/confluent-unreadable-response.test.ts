import { describe, expect, it } from "vitest";
import { shown } from "../support/untrusted.ts";
import { type Bench, failureOf, startBench, update } from "./client.ts";
import { answeredBy } from "./fixed-reply.ts";

describe("an unreadable response", () => {
  const WAYS = [
    ["GET", ({ api }: Bench) => api.get("a")],
    ["LIST", ({ api }: Bench) => api.list()],
  ] as const;
  const BODIES = ["empty", "html", "truncated", "array", "null"] as const;

  const CASES = WAYS.flatMap(([method, look]) => BODIES.map((body) => [body, method, look] as const));

  it.each(CASES)("(%s) to a %s is retried", async (body, method, look) => {
    const bench = await startBench();
    bench.sandbox.fail({ method, fault: { kind: "body", body } });
    await look(bench);
    expect(bench.sandbox.requests).toHaveLength(2);
  });

  it.each(CASES)("(%s) to a %s fails with class service if it persists", async (body, method, look) => {
    const bench = await startBench({}, { budgetMs: 0 });
    bench.sandbox.fail({ method, fault: { kind: "body", body } });
    expect(await failureOf(look(bench))).toMatchObject({
      errorClass: "service",
      message: "Confluent's response could not be read.",
      response: { httpStatus: 200, requestId: "request-1" },
    });
  });

  it.each(["empty", "null"] as const)("(%s) with 200 accepts a PUT", async (body) => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ method: "PUT", fault: { kind: "body", body } });
    expect(shown(await api.put(update()))).toEqual({ httpStatus: 200, requestId: "request-1" });
  });

  it.each(["html", "truncated", "array"] as const)("(%s) with 200 does not accept a PUT", async (body) => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ method: "PUT", fault: { kind: "body", body } });
    expect(await failureOf(api.put(update()))).toMatchObject({
      name: "UnknownResultError",
      errorClass: "service",
      message: expect.stringContaining("not from Confluent's API"),
    });
  });

  it.each([
    { fault: { faultstring: "Denied." } },
    { status: "error", reason: "No quota." },
    { Message: "Forbidden" },
    { name: "a", message: "Forbidden" },
  ])("(%j) with 200 does not accept a PUT", async (body) => {
    const { api } = await answeredBy({ body });
    expect(await failureOf(api.put(update()))).toMatchObject({
      name: "UnknownResultError",
      errorClass: "service",
      message: expect.stringContaining("does not confirm it, so the key was not accepted"),
    });
  });

  it.each([{}, { name: "a" }, { metadata: {} }, { spec: {}, error: null }])(
    "(%j) with 200 accepts a PUT",
    async (body) => {
      const { api } = await answeredBy({ body });
      expect(shown(await api.put(update()))).toEqual({ httpStatus: 200 });
    },
  );

  it("(html) with 400 to a PUT does not count as a refused key", async () => {
    const { api } = await answeredBy({ status: 400, body: "<html>Bad Request</html>" });
    expect(await failureOf(api.put(update()))).toMatchObject({ errorClass: "service" });
  });
});
