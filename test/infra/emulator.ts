import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { REGION } from "./synthesis.ts";

/** The account that moto's server takes every caller for. */
export const EMULATED_ACCOUNT = "123456789012";

export const isInstalled = (command: string): boolean =>
  spawnSync(command, ["--help"], { stdio: "ignore" }).status === 0;

export interface Emulator {
  readonly url: string;
  call(
    service: string,
    request: {
      path?: string;
      method?: string;
      headers?: Record<string, string>;
      body?: string | Buffer | URLSearchParams;
    },
  ): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts moto's server on a free port of loopback. */
export async function startEmulator(): Promise<Emulator> {
  const server = spawn("moto_server", ["-H", "127.0.0.1", "-p", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  const url = await addressOf(server);
  server.stdout.resume();
  server.stderr.resume();
  return {
    url,
    async call(service, { path = "/", method = "POST", headers = {}, body = null }) {
      const credential = `test/20260101/${REGION}/${service}/aws4_request`;
      const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`;
      const response = await fetch(new URL(path, url), {
        method,
        headers: { authorization, ...headers },
        body,
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${service} ${method} ${path} answered ${response.status}: ${text}`);
      return text;
    },
    async [Symbol.asyncDispose]() {
      server.kill();
      await once(server, "exit");
    },
  };
}

async function addressOf(server: ChildProcess): Promise<string> {
  for (const output of [server.stderr, server.stdout]) {
    if (output === null) continue;
    for await (const line of createInterface({ input: output })) {
      const address = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (address !== undefined) return address;
    }
  }
  throw new Error("moto_server ended before it said where it listens.");
}
