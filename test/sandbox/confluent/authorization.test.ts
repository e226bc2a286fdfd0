import { describe, expect, it } from "vitest";
import { API_KEY, basic, COLLECTION, call, connection, get, START, sandboxWith } from "./client.ts";

describe("authorization in the Confluent stand-in", () => {
  it("refuses a missing API key, a wrong secret and another environment's API key", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    const other = { key: "other-key", secret: "other-secret" };
    sandbox.addEnvironment({ organizationId: "org-1", environmentId: "env-2", apiKeys: [other] });
    for (const headers of [{}, ...[{ ...API_KEY, secret: "x" }, other].map(authorization)]) {
      expect(await call(sandbox, COLLECTION, { headers })).toMatchObject({
        status: 401,
        headers: { "www-authenticate": 'Basic error="invalid_key"' },
      });
    }
  });

  it("accepts a new API key from its validFrom on, but not a removed one", async () => {
    const { sandbox, clock } = await sandboxWith({}, connection());
    sandbox.setApiKeys("env-1", [{ key: "fresh", secret: "s", validFrom: START + 1_000 }]);
    const headers = authorization({ key: "fresh", secret: "s" });
    expect(await call(sandbox, COLLECTION, { headers })).toMatchObject({ status: 401 });
    clock.advance(1_000);
    expect(await call(sandbox, COLLECTION, { headers })).toMatchObject({ status: 200 });
    expect(await call(sandbox, COLLECTION)).toMatchObject({ status: 401 });
  });

  it("answers 403 for a forbidden environment or connection", async () => {
    const { sandbox } = await sandboxWith({}, connection(), connection({ name: "closed", forbidden: true }));
    expect([(await get(sandbox, "closed")).status, (await get(sandbox)).status]).toEqual([403, 200]);
    const forbidding = await sandboxWith({ forbidden: true }, connection());
    expect(await call(forbidding.sandbox, COLLECTION)).toMatchObject({ status: 403 });
  });
});

function authorization(pair: { key: string; secret: string }): { authorization: string } {
  return { authorization: basic(pair) };
}
