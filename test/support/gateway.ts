import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { request as undiciRequest } from "undici";
import { serve } from "./server.ts";

export interface GatewayRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Responds to a request. `forward` forwards it, to another path if given. */
export type Handle = (
  request: GatewayRequest,
  forward: (path?: string) => Promise<GatewayResponse>,
) => GatewayResponse | Promise<GatewayResponse>;

/** A server between the rotator and a stand-in for Confluent. `target` is called for each request. */
export function startGateway(target: () => string, handle: Handle): Promise<string> {
  return serve(async (incoming, outgoing) => {
    const { method = "", url: path = "", headers } = incoming;
    const content = await text(incoming);
    const forward = async (otherPath = path): Promise<GatewayResponse> => {
      const { host: _host, connection: _connection, ...others } = headers;
      const { statusCode, body } = await undiciRequest(`${target()}${otherPath}`, {
        method: method === "PUT" ? "PUT" : "GET",
        headers: others,
        body: content === "" ? null : content,
      });
      return { status: statusCode, headers: { "content-type": "application/json" }, body: await body.text() };
    };
    const response = await handle({ method, path, headers }, forward);
    outgoing.writeHead(response.status, response.headers).end(response.body);
  });
}
