import { describe, expect, it } from "vitest";
import { everythingOf } from "../support/leaks.ts";
import { failureOf, PUSHED_KEY, startBench, update } from "./client.ts";
import { answeredBy } from "./fixed-reply.ts";

describe("an error response", () => {
  const SHAPES = ["errors", "error_code", "error"] as const;

  it.each(SHAPES)("in the shape %s is quoted", async (body) => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ fault: { kind: "status", status: 400, body } });
    expect(await failureOf(api.list())).toMatchObject({
      errorClass: "service",
      message: "Confluent answered 400.",
      response: { httpStatus: 400, requestId: "request-1", detail: "A fault was configured." },
    });
  });

  it.each(["html", "empty"] as const)("in the shape %s has no detail", async (body) => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ fault: { kind: "status", status: 400, body } });
    expect((await failureOf(api.list())).response).toEqual({
      httpStatus: 400,
      requestId: "request-1",
      ...(body === "html" && { nextStep: expect.stringContaining("Check the proxies and firewalls") }),
    });
  });

  it.each(["list", "get"] as const)(
    "that is an HTML page with status 404 does not mean that nothing exists: %s",
    async (call) => {
      const { api } = await answeredBy({ status: 404, body: "<!doctype html><title>Not found</title>" });
      const error = await failureOf(call === "list" ? api.list() : api.get("a"));
      expect(error).toMatchObject({ errorClass: "not-found", response: { httpStatus: 404 } });
      expect(error.message).toBe("A page that is not from Confluent's API was answered (404).");
      expect(error.response.nextStep).toMatch(
        /^Check restEndpoint, cloud and region .* proxies and firewalls/,
      );
    },
  );

  it("without a request id is reported without one", async () => {
    const { api } = await answeredBy({ status: 400 });
    expect((await failureOf(api.list())).response).toEqual({ httpStatus: 400 });
  });

  it.each(SHAPES)("in the shape %s that echoes the PUT shows no key", async (body) => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ method: "PUT", fault: { kind: "status", status: 400, echo: true, body } });
    const error: unknown = await api.put(update()).catch((reason: unknown) => reason);
    expect(everythingOf(error)).toContain("[withheld]");
    expect(everythingOf(error)).not.toContain(PUSHED_KEY);
  });

  it.each([
    [401, "UnauthorizedError", "unauthorized", "the rotator's Confluent API key (401)"],
    [403, "UnauthorizedError", "unauthorized", "FlinkAdmin, EnvironmentAdmin or OrganizationAdmin"],
    [404, "RotationError", "not-found", "no such connection, environment or organization (404)"],
    [302, "RotationError", "service", "Confluent answered 302."],
    [400, "RotationError", "service", "Confluent answered 400."],
  ])("with status %i to a LIST is a %s of class %s", async (status, name, errorClass, words) => {
    const { api } = await answeredBy({ status, body: { errors: [] } });
    const error = await failureOf(api.list());
    expect(error).toMatchObject({ name, errorClass, response: { httpStatus: status } });
    expect(error.message).toContain(words);
  });

  it.each([
    [302, "RotationError", "service"],
    [303, "UnknownResultError", "service"],
    [400, "RotationError", "rejected"],
    [422, "RotationError", "rejected"],
    [401, "UnauthorizedError", "unauthorized"],
    [403, "UnauthorizedError", "unauthorized"],
    [404, "RotationError", "not-found"],
    [409, "ConflictError", "service"],
    [412, "ConflictError", "service"],
    [408, "UnknownResultError", "service"],
    [500, "UnknownResultError", "service"],
    [504, "UnknownResultError", "service"],
    [413, "RotationError", "service"],
  ])(
    "with status %i to a PUT is a %s of class %s, and the PUT is not repeated",
    async (status, name, errorClass) => {
      const { api, arrivals } = await answeredBy({ status });
      expect(await failureOf(api.put(update()))).toMatchObject({
        name,
        errorClass,
        response: { httpStatus: status },
      });
      expect(arrivals).toHaveLength(1);
    },
  );
});
