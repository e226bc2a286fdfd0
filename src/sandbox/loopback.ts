import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import * as z from "zod";

export interface LoopbackServer {
  readonly url: string;
  /** Closes every socket, including those of hanging requests. */
  readonly close: () => Promise<void>;
}

const address = z.object({ port: z.number() });

/** Starts a server on the loopback interface. Port 0 means a free one. */
export async function listenOnLoopback(listener: RequestListener, port = 0): Promise<LoopbackServer> {
  const server = createServer(listener).listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${address.parse(server.address()).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
