import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Clock } from "../../rotation/clock.ts";
import { type ConnectionsApi, type Route, routeOf } from "./api.ts";
import { distort, type Faults, isApplied } from "./faults.ts";
import type { Limiter } from "./limits.ts";
import { sentResourceVersion } from "./put.ts";
import { type Answer, type ErrorBody, emptyAnswer, errorAnswer } from "./responses.ts";
import type { Settings } from "./settings.ts";
import { send } from "./transfer.ts";

/** One request as it came. */
export interface RecordedRequest {
  readonly at: number;
  readonly method: string;
  /** As sent, with the query. */
  readonly path: string;
  readonly environmentId: string | undefined;
  readonly connection: string | undefined;
  readonly hadAuthorization: boolean;
  readonly requestId: string;
  readonly resourceVersion: string | undefined;
  /** Absent as long as, or because, none was sent. */
  readonly status: number | undefined;
}

type OpenRecord = { -readonly [K in keyof RecordedRequest]: RecordedRequest[K] };

export interface ServerParts {
  readonly clock: Clock;
  readonly api: ConnectionsApi;
  readonly faults: Faults;
  readonly limiter: Limiter;
  readonly requests: RecordedRequest[];
  /** The shape of a 429. */
  readonly limitBody: ErrorBody | undefined;
  readonly settingsFor: (route: Route) => Settings;
  readonly touch: (route: Route) => void;
  /** Answers what is not the connections API. */
  readonly control: (path: string) => Answer | undefined;
}

export function requestListener(parts: ServerParts): RequestListener {
  return (request, response) => {
    handle(parts, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
}

async function handle(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { clock, limiter } = parts;
  const record = recordOf(request, parts);
  const { admitted, headers } = limiter.admit(clock.now());
  if (admitted) response.once("close", () => limiter.release());
  response.setHeaders(new Map(Object.entries({ ...headers, "x-request-id": record.requestId })));
  const body = await text(request);
  if (request.method === "PUT") record.resourceVersion = sentResourceVersion(body);
  const answer = admitted
    ? await answerTo(parts, request, body)
    : errorAnswer(429, "Too many requests.", parts.limitBody);
  const isSent = answer.transfer?.kind !== "hang" && answer.transfer?.kind !== "reset";
  record.status = isSent ? answer.status : undefined;
  await send(response, answer, clock);
}

async function answerTo(parts: ServerParts, request: IncomingMessage, body: string): Promise<Answer> {
  const { clock, api, faults } = parts;
  const { method = "", url: path = "", headers } = request;
  const route = routeOf(path);
  if (!route) return parts.control(path) ?? errorAnswer(404, "There is nothing here.");
  const fault = faults.take({ method, ...route });
  const { latencyMs, hang } = parts.settingsFor(route);
  if (latencyMs > 0) await clock.sleep(latencyMs);
  if (hang) return { ...emptyAnswer(), transfer: { kind: "hang" } };
  if (fault?.kind === "touch") parts.touch(route);
  const { authorization, "content-type": contentType } = headers;
  const answer =
    fault && !isApplied(fault)
      ? emptyAnswer()
      : api.answer({ method, path, route, authorization, contentType, body }, clock.now());
  return fault ? distort(answer, fault, body) : answer;
}

function recordOf(request: IncomingMessage, { clock, requests }: ServerParts): OpenRecord {
  const { method = "", url: path = "", headers } = request;
  const route = routeOf(path);
  const record = {
    at: clock.now(),
    method,
    path,
    environmentId: route?.environmentId,
    connection: route?.connection,
    hadAuthorization: headers.authorization !== undefined,
    requestId: `request-${requests.length + 1}`,
    resourceVersion: undefined,
    status: undefined,
  };
  requests.push(record);
  return record;
}
