import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { Server } from "node:net";
import { onTestFinished } from "vitest";
import * as z from "zod";

const listeningAddress = z.object({ port: z.number() });

/** The address of an HTTP server on a free port of the loopback interface, closed at the end of the test. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  return `http://127.0.0.1:${await listen(server, () => server.closeAllConnections())}`;
}

/** The same over TLS. */
export async function serveTls(identity: Pick<ServerOptions, "key" | "cert">): Promise<string> {
  const server = createTlsServer(identity, (_request, response) => response.end());
  return `https://127.0.0.1:${await listen(server, () => server.closeAllConnections())}`;
}

/** Listens on a free port of the loopback interface until the end of the test. */
export async function listen(server: Server, disconnect: () => void): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    const closed = once(server, "close");
    server.close();
    disconnect();
    await closed;
  });
  return listeningAddress.parse(server.address()).port;
}
