import { request } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAgent } from "../../src/adapters/http.ts";
import { measureRoundTrips } from "../../src/adapters/round-trip.ts";
import { serve } from "../support/server.ts";

/** A dispatcher that measures round trips on a clock that only the server advances. */
function open() {
  const reported: { origin: string; ms: number }[] = [];
  const time = { now: 0 };
  const agent = createAgent();
  onTestFinished(() => agent.destroy());
  const dispatcher = agent.compose(
    measureRoundTrips(
      () => time.now,
      (origin, ms) => reported.push({ origin, ms }),
    ),
  );
  return { reported, time, dispatcher };
}

describe("the round-trip time", () => {
  it("is reported for each response, by origin, and does not change the response", async () => {
    const { reported, time, dispatcher } = open();
    const url = await serve((_, response) => {
      time.now += 70;
      response.writeHead(418, { "x-kind": "teapot" }).end("short and stout");
    });
    for (let round = 0; round < 2; round += 1) {
      const { statusCode, headers, body } = await request(url, { dispatcher, method: "PUT", body: "tea" });
      expect(statusCode).toBe(418);
      expect(headers["x-kind"]).toBe("teapot");
      expect(await body.text()).toBe("short and stout");
    }
    const { origin } = new URL(url);
    expect(reported).toEqual([
      { origin, ms: 70 },
      { origin, ms: 70 },
    ]);
  });

  it("is not reported without a response, and does not change the error", async () => {
    const { reported, dispatcher } = open();
    const url = await serve((incoming) => incoming.socket.destroy());
    await expect(request(url, { dispatcher })).rejects.toMatchObject({ code: "UND_ERR_SOCKET" });
    expect(reported).toEqual([]);
  });
});
