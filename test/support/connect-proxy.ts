import { createServer, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import type { CertificateAuthority } from "./certificate.ts";
import { listen } from "./server.ts";

export interface ConnectProxyOptions {
  /** The address of the HTTP server that replaces each host. The proxy refuses other hosts with 403. */
  readonly routes: Readonly<Record<string, string>>;
  /** Issues the certificates that clients see. */
  readonly authority: CertificateAuthority;
  /** `user:password` that clients must send. */
  readonly credentials?: string;
}

export interface ConnectProxy {
  readonly url: string;
  /** The target of each CONNECT, such as `example.com:443`. */
  readonly targets: readonly string[];
}

/** A proxy like a company's: it accepts only CONNECT and replaces the certificates of the servers behind it. */
export async function startConnectProxy(options: ConnectProxyOptions): Promise<ConnectProxy> {
  const targets: string[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    const { url: target = "", headers } = request;
    targets.push(target);
    sockets.add(socket);
    const status = statusOf(target, headers["proxy-authorization"], options);
    if (status === 200) intercept(target, socket, options);
    else socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\n\r\n`);
  });
  const port = await listen(server, () => {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${port}`, targets };
}

function statusOf(target: string, authorization: string | undefined, options: ConnectProxyOptions): number {
  const { credentials, routes } = options;
  if (credentials !== undefined && authorization !== `Basic ${Buffer.from(credentials).toString("base64")}`)
    return 407;
  return routes[hostOf(target)] === undefined ? 403 : 200;
}

function intercept(target: string, socket: Duplex, { routes, authority }: ConnectProxyOptions): void {
  const host = hostOf(target);
  socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
  const client = new TLSSocket(socket, {
    isServer: true,
    secureContext: createSecureContext(authority.issue(host)),
  });
  const { port, hostname } = new URL(routes[host] ?? "");
  const upstream = connect(Number(port), hostname);
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const)
    from.on("error", () => to.destroy()).pipe(to);
}

function hostOf(target: string): string {
  return target.replace(/:\d+$/, "");
}
