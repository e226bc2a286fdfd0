import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { type LoopbackServer, listenOnLoopback } from "../loopback.ts";

/** The report of an invocation, or the error that the function threw. */
type InvocationResult = { readonly report: object } | { readonly error: string };

export interface DeployedFunction {
  readonly name: string;
  readonly description: string;
  readonly invoke: (event: unknown) => Promise<InvocationResult>;
  /** Starts an invocation of type `Event`, whose caller does not wait. */
  readonly start?: (event: unknown) => void;
}

/** Starts a local stand-in for AWS Lambda that lists and invokes one function. Its URL is for `AWS_ENDPOINT_URL_LAMBDA`. */
export function startLambda(deployed: DeployedFunction): Promise<LoopbackServer> {
  return listenOnLoopback((request, response) => {
    respond(deployed, request, response).catch(() => response.destroy());
  });
}

const FUNCTIONS = "/2015-03-31/functions";

async function respond(
  { name, description, invoke, start }: DeployedFunction,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? "").replace(/\/?(\?.*)?$/, "");
  const body = await text(request);
  if (path === FUNCTIONS)
    return send(response, 200, { Functions: [{ FunctionName: name, Description: description }] });
  if (path !== `${FUNCTIONS}/${name}/invocations`) {
    response.setHeader("x-amzn-errortype", "ResourceNotFoundException");
    return send(response, 404, { Message: `Function not found: ${path}` });
  }
  const event: unknown = JSON.parse(body || "{}");
  if (start !== undefined && request.headers["x-amz-invocation-type"] === "Event") {
    start(event);
    response.writeHead(202).end();
    return;
  }
  const result = await invoke(event);
  if ("report" in result) return send(response, 200, result.report);
  const [errorType = "Error", ...message] = result.error.split(": ");
  response.setHeader("x-amz-function-error", "Unhandled");
  return send(response, 200, { errorType, errorMessage: message.join(": ") });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
