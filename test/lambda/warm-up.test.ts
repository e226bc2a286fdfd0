import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtempSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import * as z from "zod/mini";
import { warmUp, warmUpRun } from "../../src/lambda/warm-up.ts";

describe("the warm-up", () => {
  it.each(["", "{}", "not JSON"])(
    "does not keep a function from starting that has %o as its list",
    async (text) => {
      const file = join(mkdtempSync(join(tmpdir(), "warm-up-")), "connections.json");
      writeFileSync(file, text);
      await expect(warmUp({ CONNECTIONS_FILE: file })).resolves.toBeUndefined();
    },
  );

  it("needs neither a list nor AWS", async () => {
    await expect(warmUp({ CONNECTIONS_FILE: "/nowhere/connections.json" })).resolves.toBeUndefined();
  });
});

describe("the rehearsal", () => {
  it("goes the whole way of a dry run, with nobody but itself", async () => {
    const sockets: unknown[] = [];
    const see = (message: unknown) => sockets.push(message);
    subscribe("net.client.socket", see);
    onTestFinished(() => void unsubscribe("net.client.socket", see));
    vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await warmUpRun()).toMatchObject({ outcome: "succeeded", counts: { planned: 2 }, requests: 1 });
    expect(sockets.length).toBeGreaterThan(1);
    for (const { socket } of z.array(z.object({ socket: z.instanceof(Socket) })).parse(sockets)) {
      expect(socket.destroyed).toBe(true);
    }
  });
});
