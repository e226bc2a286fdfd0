import { serve } from "../support/server.ts";
import { type Bench, type BenchOptions, clientOf } from "./client.ts";

export const SHOWN = JSON.stringify({ name: "a", spec: { connection_type: "OPENAI" } });

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly takesMs?: number;
}

/** The client with a server that sends these replies in turn and then 200. `sentAt` counts from the first request. */
export async function inTurn(
  replies: readonly Reply[],
  options: Omit<BenchOptions, "restEndpoint"> = {},
): Promise<Bench & { restEndpoint: string; sentAt: () => number[] }> {
  const times: number[] = [];
  const restEndpoint = await serve(async (_request, response) => {
    const { status, headers = {}, takesMs = 0 } = replies[times.length] ?? { status: 200 };
    times.push(bench.clock.now());
    await bench.clock.serverSide.sleep(takesMs);
    response.writeHead(status, headers).end(status === 200 ? SHOWN : "");
  });
  const bench = clientOf({ restEndpoint, ...options });
  return { ...bench, restEndpoint, sentAt: () => times.map((at) => at - (times[0] ?? 0)) };
}
