import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { REGION } from "./synthesis.ts";

interface Request {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer | URLSearchParams;
}

/** An AWS emulator on loopback. Its disposal ends the server if it was started here. */
export interface Emulator extends AsyncDisposable {
  /** With a host name, because moto treats the first part of an address as the name of a bucket. */
  readonly url: string;
  call(service: string, request: Request): Promise<string>;
  /** The bytes of an object in S3. */
  download(path: string): Promise<Uint8Array>;
}

export const isInstalled = (command: string): boolean =>
  spawnSync(command, ["--help"], { stdio: "ignore" }).status === 0;

const given = process.env["AWS_ENDPOINT_URL"] ?? "";
const isGiven = /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?\/?$/.test(given);

export const hasEmulator = isGiven || isInstalled("moto_server");

/** The emulator at AWS_ENDPOINT_URL on loopback, or moto's server on a free port. */
export async function openEmulator(): Promise<Emulator> {
  if (isGiven) return { url: given, ...callersOf(given), async [Symbol.asyncDispose]() {} };
  const server = spawn("moto_server", ["-H", "127.0.0.1", "-p", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const url = await addressOf(server.stderr);
  server.stderr.resume();
  return {
    url: url.replace("127.0.0.1", "localhost"),
    ...callersOf(url),
    async [Symbol.asyncDispose]() {
      server.kill();
      await once(server, "exit");
    },
  };
}

function callersOf(url: string): Pick<Emulator, "call" | "download"> {
  const send = async (
    service: string,
    { path = "/", method = "POST", headers = {}, body }: Request,
  ): Promise<Response> => {
    const credential = `test/20260101/${REGION}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`;
    const response = await fetch(new URL(path, url), {
      method,
      headers: { authorization, ...headers },
      ...(body !== undefined && { body }),
    });
    if (response.ok) return response;
    throw new Error(`${service} ${method} ${path} answered ${response.status}: ${await response.text()}`);
  };
  return {
    call: async (service, request) => (await send(service, request)).text(),
    download: async (path) => (await send("s3", { path, method: "GET" })).bytes(),
  };
}

async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const address = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error("moto_server ended before it said where it listens.");
}
