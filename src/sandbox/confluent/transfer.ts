import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../rotation/clock.ts";
import type { Answer, Transfer } from "./responses.ts";

const CHUNK = Buffer.alloc(65_536, " ");

/** Sends an answer in the way that its transfer says. */
export async function send(response: ServerResponse, answer: Answer, clock: Clock): Promise<void> {
  const { transfer } = answer;
  if (transfer?.kind === "hang") return;
  if (transfer?.kind === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  response.statusCode = answer.status;
  response.setHeaders(new Map(Object.entries(answer.headers)));
  if (!transfer) {
    response.end(answer.body);
    return;
  }
  await pipeline(Readable.from(chunks(answer.body, transfer, clock)), response).catch(() => undefined);
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
    // A clock in a test's hand sleeps in no time: without this turn no socket would ever be served.
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
