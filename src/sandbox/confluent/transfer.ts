import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../rotation/clock.ts";
import type { SandboxResponse, Transfer } from "./responses.ts";

const CHUNK = Buffer.alloc(65_536, " ");

/** Sends a response as its `transfer` requires. */
export async function send(response: ServerResponse, result: SandboxResponse, clock: Clock): Promise<void> {
  const { transfer } = result;
  if (transfer?.kind === "hang") return;
  if (transfer?.kind === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  response.statusCode = result.status;
  response.setHeaders(new Map(Object.entries(result.headers)));
  if (!transfer) {
    response.end(result.body);
    return;
  }
  await pipeline(Readable.from(chunks(result.body, transfer, clock)), response).catch(() => undefined);
}

async function* chunks(body: string, transfer: Transfer, clock: Clock): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(body);
  if (transfer.kind === "drip") yield* drip(bytes, transfer.intervalMs, clock);
  if (transfer.kind === "huge") yield* blanks(transfer.bytes);
  if (transfer.kind === "stall") yield* half(bytes);
}

async function* drip(bytes: Buffer, intervalMs: number, clock: Clock): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1) {
    yield bytes.subarray(at, at + 1);
    await clock.sleep(intervalMs);
    // A test's clock sleeps without yielding to the event loop, which sockets need.
    await nextTurn();
  }
}

async function* blanks(bytes: number): AsyncGenerator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK.length)
    yield CHUNK.subarray(0, Math.min(left, CHUNK.length));
}

async function* half(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, bytes.length / 2);
  await new Promise(() => undefined);
}
