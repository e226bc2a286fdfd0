import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import type { Clock } from "../../rotation/clock.ts";
import { parseJson } from "../../rotation/json.ts";
import { AwsError } from "./error.ts";
import { type AwsFault, type AwsFaults, awsFault, throwIfError } from "./faults.ts";
import { type AwsCall, type AwsResponse, type AwsServices, parseCall } from "./protocols.ts";

/** A received request, refused or not. */
export interface AwsRequest {
  readonly operation: string;
  readonly secretId: string | undefined;
  readonly versionId: string | undefined;
  readonly versionStage: string | undefined;
  readonly topicArn: string | undefined;
  readonly at: number;
}

interface AwsServer extends AwsServices {
  readonly clock: Clock;
  readonly latencyMs: number;
  readonly faults: AwsFaults;
  readonly requests: AwsRequest[];
}

/**
 * Responds as AWS does, and has its own API:
 * - `GET /_sandbox/sns/messages` lists the published messages.
 * - `POST /_sandbox/faults` adds an `AwsFault`, `DELETE` clears all.
 */
export const awsListener =
  (aws: AwsServer): RequestListener =>
  (request, response) => {
    serve(aws, request, response).catch(() => response.destroy());
  };

async function serve(aws: AwsServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const controlled = control(aws, request, body);
  if (controlled) return send(response, controlled);
  const target = z.string().optional().parse(request.headers["x-amz-target"]);
  const call = parseCall(target, body);
  const seen = record(aws, call);
  const secret = aws.store.find(seen.secretId ?? "");
  const fault = aws.faults.take({ ...seen, secretArn: secret?.arn ?? seen.secretId });
  const delayMs = fault.latencyMs ?? aws.latencyMs;
  if (delayMs > 0) await aws.clock.sleep(delayMs);
  if (fault.connection === "silence") return;
  if (fault.connection === "reset") return void response.destroy();
  if (secret && fault.invisibleForMs !== undefined) aws.store.freeze(secret, fault.invisibleForMs);
  const result = respond(aws, call, fault);
  if (fault.connection === "lost-answer") response.destroy();
  else send(response, result);
}

const field = z.string().optional().catch(undefined);
const recordedFields = z.object({
  SecretId: field,
  VersionId: field,
  ClientRequestToken: field,
  MoveToVersionId: field,
  VersionStage: field,
  TopicArn: field,
});

function record({ clock, requests }: AwsServer, { operation, fields }: AwsCall): AwsRequest {
  const known = recordedFields.parse(fields);
  const request = {
    operation,
    secretId: known.SecretId,
    versionId: known.VersionId ?? known.ClientRequestToken ?? known.MoveToVersionId,
    versionStage: known.VersionStage,
    topicArn: known.TopicArn,
    at: clock.now(),
  };
  requests.push(request);
  return request;
}

function respond(services: AwsServices, call: AwsCall, fault: AwsFault): AwsResponse {
  try {
    throwIfError(fault);
    return call.apply(services);
  } catch (error) {
    if (error instanceof AwsError) return call.toErrorResponse(error);
    throw error;
  }
}

function control(
  { topics, faults }: AwsServer,
  { method, url = "/" }: IncomingMessage,
  body: string,
): AwsResponse | undefined {
  if (url === "/_sandbox/sns/messages") return json(200, topics.published);
  if (url === "/_sandbox/faults") {
    if (method === "DELETE") {
      faults.clear();
      return json(200, {});
    }
    const { data, error } = awsFault.safeParse(parseJson(body));
    if (error) return json(400, { message: z.prettifyError(error) });
    faults.add(data);
    return json(200, data);
  }
  return method === "POST" ? undefined : json(404, {});
}

function json(status: number, body: object): AwsResponse {
  return { status, contentType: "application/json", body: JSON.stringify(body) };
}

function send(response: ServerResponse, { status, contentType, body }: AwsResponse): void {
  response.writeHead(status, { "content-type": contentType, "x-amzn-requestid": randomUUID() }).end(body);
}
