import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtempSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { warmUp } from "../../src/lambda/warm-up.ts";

const requestStarted = z.object({ request: z.object({ method: z.string(), url: z.string() }) });
const socketOpened = z.object({ socket: z.instanceof(Socket) });

/** The messages on a diagnostics channel from now until the end of the test. */
function messagesOf(channel: string): unknown[] {
  const messages: unknown[] = [];
  const add = (message: unknown) => messages.push(message);
  subscribe(channel, add);
  onTestFinished(() => void unsubscribe(channel, add));
  return messages;
}

describe("the warm-up", () => {
  it.each(["", "{}", "not JSON"])("ignores errors if connections.json is %o", async (text) => {
    const file = join(mkdtempSync(join(tmpdir(), "warm-up-")), "connections.json");
    writeFileSync(file, text);
    await expect(warmUp({ CONNECTIONS_FILE: file })).resolves.toBeUndefined();
  });

  it("reads a secret and a connection from its own server once each and closes its sockets", async () => {
    const requests = messagesOf("http.server.request.start");
    const sockets = messagesOf("net.client.socket");
    await warmUp({ CONNECTIONS_FILE: "/nowhere/connections.json" });
    const urls = z
      .array(requestStarted)
      .parse(requests)
      .map(({ request }) => `${request.method} ${request.url}`);
    expect(urls).toEqual([
      "POST /",
      "POST /",
      "GET /sql/v1/organizations/none/environments/none/connections/none",
    ]);
    for (const { socket } of z.array(socketOpened).parse(sockets)) expect(socket.destroyed).toBe(true);
  });
});
