import type { MockAgent } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAgent, type HttpResponse, sendRequest } from "../../src/adapters/http.ts";
import { NetworkError } from "../../src/adapters/network-error.ts";
import { followRedirects, type Hop } from "../../src/adapters/redirect.ts";
import { RotationError } from "../../src/rotation/errors.ts";
import { serve } from "../support/server.ts";
import { shownText } from "../support/untrusted.ts";
import { internet, type Reply } from "./simulated-hosts.ts";

const AUTHORIZATION = "Basic Zmxpbms6c2VjcmV0";
const ORIGIN = "https://flink.us-west-2.aws.confluent.cloud";
const PUT = { method: "PUT", body: '{"data":"sk-pushed"}' } as const;

function send(
  dispatcher: ReturnType<typeof createAgent> | MockAgent,
  url: string,
  changes: Partial<Hop> = {},
) {
  const request = { method: "GET", url, authorization: AUTHORIZATION, ...changes } as const;
  return followRedirects(request, (hop) => sendRequest(dispatcher, { ...hop, timeoutMs: 5_000 }));
}

async function failure(response: Promise<HttpResponse>): Promise<RotationError> {
  const error: unknown = await response.catch((reason: unknown) => reason);
  if (error instanceof RotationError) return error;
  throw new Error("There is a response, or an error of another class.", { cause: error });
}

describe("a redirect", () => {
  it.each([301, 302, 307, 308])(
    "with %i keeps method, body and credentials on the way to a Confluent host",
    async (status) => {
      const target = "https://flink-n1.us-west-2.aws.glb.confluent.cloud/b";
      const { agent, arrivals } = internet({ [`${ORIGIN}/a`]: [status, target], [target]: [200] });
      const response = await send(agent, `${ORIGIN}/a`, PUT);
      expect(response).toMatchObject({ status: 200, body: `from ${target}` });
      expect(arrivals).toHaveLength(2);
      expect(arrivals[1]).toEqual({
        url: target,
        method: "PUT",
        authorization: AUTHORIZATION,
        body: PUT.body,
      });
    },
  );

  it.each(["https://flink.us-gov-west-1.aws.confluentgov.com/b", `${ORIGIN}/b`])(
    "keeps the credentials on the way to %s",
    async (target) => {
      const { agent, arrivals } = internet({ [`${ORIGIN}/a`]: [307, target], [target]: [200] });
      await send(agent, `${ORIGIN}/a`);
      expect(arrivals[1]?.authorization).toBe(AUTHORIZATION);
    },
  );

  it("may be relative", async () => {
    const { agent } = internet({ [`${ORIGIN}/a`]: [308, "../b"], [`${ORIGIN}/b`]: [200] });
    await expect(send(agent, `${ORIGIN}/a`)).resolves.toMatchObject({ body: `from ${ORIGIN}/b` });
  });

  it("keeps the credentials on the way to another path of the same origin", async () => {
    const url = await serve((request, response) => {
      if (request.url === "/a") response.writeHead(302, { location: "/b" });
      response.end(request.headers.authorization);
    });
    const agent = createAgent();
    onTestFinished(() => agent.destroy());
    await expect(send(agent, `${url}/a`)).resolves.toMatchObject({ body: AUTHORIZATION });
  });

  it.each(["javascript:alert(1)", "file:///etc/passwd", "http://[::1", ""])(
    "to %j is an ordinary response",
    async (location) => {
      const url = await serve((_request, response) => response.writeHead(302, { location }).end("page"));
      const agent = createAgent();
      onTestFinished(() => agent.destroy());
      await expect(send(agent, url)).resolves.toMatchObject({ status: 302, body: "page" });
    },
  );

  const ELSEWHERE = [
    "https://login.example.com/b",
    "http://flink.us-west-2.aws.confluent.cloud/b",
    "https://notconfluent.cloud/b",
    "https://confluent.cloud/b",
    "https://flink.confluent.cloud.example.com/b",
    "https://flink.confluent.cloud@example.com/b",
  ];

  it.each(ELSEWHERE)("to %s carries no credentials, and its response is ignored", async (target) => {
    const { origin, pathname } = new URL(target);
    const address = `${origin}${pathname}`;
    const { agent, arrivals } = internet({ [`${ORIGIN}/a`]: [302, target], [address]: [200] });
    await expect(send(agent, `${ORIGIN}/a`)).rejects.toMatchObject({ errorClass: "service" });
    expect(arrivals.map(({ url, authorization }) => [url, authorization])).toEqual([
      [`${ORIGIN}/a`, AUTHORIZATION],
      [address, undefined],
    ]);
  });

  it.each(ELSEWHERE)("to %s is not followed by a PUT, whose body holds a key", async (target) => {
    const { agent, arrivals } = internet({
      [`${ORIGIN}/a`]: [307, target],
      [`${new URL(target).origin}/b`]: [200],
    });
    const error = await failure(send(agent, `${ORIGIN}/a`, PUT));
    expect(error).toMatchObject({ name: "RotationError", errorClass: "service" });
    expect(shownText(error.text)).toContain(
      `redirects to ${new URL(target).host}, which is not a Confluent host`,
    );
    expect(arrivals).toHaveLength(1);
  });

  it.each([401, 403])(
    "to a host that asks for credentials (%i) is reported as a redirect to another host",
    async (status) => {
      const { agent } = internet({
        [`${ORIGIN}/a`]: [302, "https://login.example.com/b"],
        "https://login.example.com/b": [status],
      });
      const error = await failure(send(agent, `${ORIGIN}/a`));
      expect(shownText(error.text)).toContain("login.example.com, which is not a Confluent host");
    },
  );

  it.each(["https://sk-quoted-key.example.com/b", "https://sk-quoted-key.confluent.cloud/b"])(
    "to the unreachable %s is reported without the host, which may quote a key",
    async (target) => {
      const { agent } = internet({ [`${ORIGIN}/a`]: [302, target] });
      const failing = async (hop: Parameters<typeof sendRequest>[1]) => {
        if (hop.url === target)
          throw new NetworkError("unreachable", `${target} could not be reached.`, true);
        return sendRequest(agent, hop, undefined);
      };
      const error = await failure(
        followRedirects({ method: "GET", url: `${ORIGIN}/a` }, (hop) =>
          failing({ ...hop, timeoutMs: 5_000 }),
        ),
      );
      expect(error).toMatchObject({ errorClass: "unreachable", isTransient: true });
      expect(error.message).toContain("redirects to [withheld], which did not send a complete response");
      expect(shownText(error.text)).toContain(`redirects to ${new URL(target).host}`);
    },
  );

  it("carries the credentials again once it leads back to Confluent", async () => {
    const { agent, arrivals } = internet({
      [`${ORIGIN}/a`]: [302, "https://proxy.example.com/b"],
      "https://proxy.example.com/b": [302, `${ORIGIN}/c`],
      [`${ORIGIN}/c`]: [200],
    });
    await send(agent, `${ORIGIN}/a`);
    expect(arrivals.map(({ authorization }) => authorization)).toEqual([
      AUTHORIZATION,
      undefined,
      AUTHORIZATION,
    ]);
  });

  it("is followed up to five times", async () => {
    const hops = Object.fromEntries(
      Array.from({ length: 5 }, (_, hop): [string, Reply] => [`${ORIGIN}/${hop}`, [302, `/${hop + 1}`]]),
    );
    const { agent } = internet({ ...hops, [`${ORIGIN}/5`]: [200] });
    await expect(send(agent, `${ORIGIN}/0`)).resolves.toMatchObject({ status: 200 });
  });

  it("is not followed a sixth time, which ends a loop", async () => {
    const { agent, arrivals } = internet({ [`${ORIGIN}/a`]: [301, "/a"] });
    await expect(send(agent, `${ORIGIN}/a`, PUT)).resolves.toMatchObject({ status: 301 });
    expect(arrivals).toHaveLength(6);
  });

  it.each([
    ["without a location", 302, undefined],
    ["with an invalid location", 302, "https://["],
    ["that would turn a PUT into a GET", 303, "/b"],
  ])("%s is an ordinary response", async (_what, status, location) => {
    const { agent, arrivals } = internet({ [`${ORIGIN}/a`]: [status, location], [`${ORIGIN}/b`]: [200] });
    await expect(send(agent, `${ORIGIN}/a`)).resolves.toMatchObject({ status });
    expect(arrivals).toHaveLength(1);
  });
});
