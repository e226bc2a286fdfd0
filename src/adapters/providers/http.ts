import { type Dispatcher, request as undiciRequest } from "undici";
import { USER_AGENT } from "../../version.ts";
import { decompress } from "../decompress.ts";
import { toNetworkFault } from "../network-fault.ts";
import type { ProviderRequest, ProviderResponse } from "./provider.ts";

/** The rest of a response is not read. */
const MAX_BODY_BYTES = 64 * 1024;

/** Sends one request, and once more if the TCP connection breaks. Redirects are ordinary responses. */
export async function sendToProvider(
  dispatcher: Dispatcher,
  request: ProviderRequest,
  signal: AbortSignal,
): Promise<ProviderResponse> {
  try {
    return await sendOnce(dispatcher, request, signal);
  } catch (error) {
    if (toNetworkFault(error)?.kind !== "interrupted" || signal.aborted) throw error;
    return sendOnce(dispatcher, request, signal);
  }
}

async function sendOnce(
  dispatcher: Dispatcher,
  { method, url, headers, body: content }: ProviderRequest,
  signal: AbortSignal,
): Promise<ProviderResponse> {
  const {
    statusCode,
    headers: received,
    body,
  } = await undiciRequest(new URL(url), {
    dispatcher,
    signal,
    method,
    headers: {
      accept: "application/json",
      "accept-encoding": "identity",
      "user-agent": USER_AGENT,
      ...headers,
    },
    body: content ?? null,
  });
  return {
    status: statusCode,
    body: decode(await firstBytes(body), String(received["content-encoding"] ?? "")),
  };
}

/** Leaving the loop closes the connection. */
async function firstBytes(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES);
}

/** A truncated body cannot be decompressed and counts as unreadable. */
function decode(bytes: Buffer, contentEncoding: string): string {
  try {
    return Buffer.from(decompress(bytes, contentEncoding, MAX_BODY_BYTES)).toString();
  } catch {
    return "";
  }
}
