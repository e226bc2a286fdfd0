import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Clock } from "../../rotation/clock.ts";
import { type ConnectionsApi, parseRoute, type Route } from "./api.ts";
import type { ControlRequest } from "./control.ts";
import { applyFault, type Faults, isApplied } from "./faults.ts";
import type { Limiter } from "./limits.ts";
import { sentResourceVersion } from "./put.ts";
import { emptyResponse, errorResponse, type SandboxResponse } from "./responses.ts";
import type { Settings } from "./settings.ts";
import { send } from "./transfer.ts";

/** One received request. */
export interface RecordedRequest {
  readonly at: number;
  readonly method: string;
  /** As received, with the query. */
  readonly path: string;
  readonly environmentId: string | undefined;
  readonly connection: string | undefined;
  readonly statement: string | undefined;
  readonly hadAuthorization: boolean;
  readonly requestId: string;
  readonly resourceVersion: string | undefined;
  /** Absent until the response is sent. */
  readonly status: number | undefined;
}

type OpenRecord = { -readonly [K in keyof RecordedRequest]: RecordedRequest[K] };

interface ListenerOptions {
  readonly clock: Clock;
  readonly api: ConnectionsApi;
  readonly faults: Faults;
  readonly limiter: Limiter;
  readonly requests: RecordedRequest[];
  readonly settingsFor: (route: Route) => Settings;
  readonly touch: (route: Route) => void;
  /** Responds to requests outside Confluent's API. */
  readonly control: (request: ControlRequest) => SandboxResponse | undefined;
}

export function requestListener(options: ListenerOptions): RequestListener {
  return (request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
}

async function handle(
  options: ListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { clock, limiter } = options;
  const record = recordOf(request, options);
  const { admitted, headers } = limiter.admit(clock.now());
  if (admitted) response.once("close", () => limiter.release());
  response.setHeaders(new Map(Object.entries({ ...headers, "x-request-id": record.requestId })));
  const body = await text(request);
  if (request.method === "PUT" && record.statement === undefined)
    record.resourceVersion = sentResourceVersion(body);
  const result = admitted ? await respond(options, request, body) : errorResponse(429, "Too many requests.");
  const isSent = result.transfer?.kind !== "hang" && result.transfer?.kind !== "reset";
  record.status = isSent ? result.status : undefined;
  await send(response, result, clock);
}

async function respond(
  options: ListenerOptions,
  request: IncomingMessage,
  body: string,
): Promise<SandboxResponse> {
  const { clock, api, faults } = options;
  const { method = "", url: path = "", headers } = request;
  const route = parseRoute(path);
  if (!route) return options.control({ method, path, body }) ?? errorResponse(404, "There is nothing here.");
  const fault = faults.take({ method, ...route });
  const { latencyMs, hang } = options.settingsFor(route);
  if (latencyMs > 0) await clock.sleep(latencyMs);
  if (hang) return { ...emptyResponse(), transfer: { kind: "hang" } };
  if (fault?.kind === "touch") options.touch(route);
  const { authorization, "content-type": contentType } = headers;
  const response =
    fault && !isApplied(fault)
      ? emptyResponse()
      : api.respond({ method, path, route, authorization, contentType, body }, clock.now());
  return fault ? applyFault(response, fault, body) : response;
}

function recordOf(request: IncomingMessage, { clock, requests }: ListenerOptions): OpenRecord {
  const { method = "", url: path = "", headers } = request;
  const route = parseRoute(path);
  const record = {
    at: clock.now(),
    method,
    path,
    environmentId: route?.environmentId,
    connection: route?.connection,
    statement: route?.statement,
    hadAuthorization: headers.authorization !== undefined,
    requestId: `request-${requests.length + 1}`,
    resourceVersion: undefined,
    status: undefined,
  };
  requests.push(record);
  return record;
}
