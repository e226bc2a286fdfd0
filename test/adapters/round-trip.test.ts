import { request } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAgent } from "../../src/adapters/http.ts";
import { measureRoundTrips } from "../../src/adapters/round-trip.ts";
import { serve } from "../support/server.ts";

/** A dispatcher that tells how long round trips take, on a clock that only the server moves. */
function open() {
  const told: { origin: string; ms: number }[] = [];
  const time = { now: 0 };
  const agent = createAgent();
  onTestFinished(() => agent.destroy());
  const dispatcher = agent.compose(
    measureRoundTrips(
      () => time.now,
      (origin, ms) => told.push({ origin, ms }),
    ),
  );
  return { told, time, dispatcher };
}

describe("the time of a round trip", () => {
  it("is told for each answer, by origin, and the answer stays as it is", async () => {
    const { told, time, dispatcher } = open();
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
    expect(told).toEqual([
      { origin, ms: 70 },
      { origin, ms: 70 },
    ]);
  });

  it("is not told where there is no answer, and the error stays as it is", async () => {
    const { told, dispatcher } = open();
    const url = await serve((incoming) => incoming.socket.destroy());
    await expect(request(url, { dispatcher })).rejects.toMatchObject({ code: "UND_ERR_SOCKET" });
    expect(told).toEqual([]);
  });
});
