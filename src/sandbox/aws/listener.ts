import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import type { Clock } from "../../rotation/clock.ts";
import { AwsError } from "./error.ts";
import { type AwsFault, type AwsFaults, throwOrdered } from "./faults.ts";
import { type AwsAnswer, type AwsCall, type AwsServices, parseCall } from "./protocols.ts";

/** A request as it came, the ones that were refused included. */
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

/** A listener that answers as AWS does, and `GET /_sandbox/sns/messages` with what was published. */
export const serveAws =
  (aws: AwsServer): RequestListener =>
  (request, response) => {
    serve(aws, request, response).catch(() => response.destroy());
  };

async function serve(aws: AwsServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  if (request.method !== "POST") return send(response, inspect(aws, request.url));
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
  const answer = answerTo(aws, call, fault);
  if (fault.connection === "lost-answer") response.destroy();
  else send(response, answer);
}

const field = z.string().optional().catch(undefined);
const recordedFields = z.object({
  SecretId: field,
  Name: field,
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
    secretId: known.SecretId ?? known.Name,
    versionId: known.VersionId ?? known.ClientRequestToken ?? known.MoveToVersionId,
    versionStage: known.VersionStage,
    topicArn: known.TopicArn,
    at: clock.now(),
  };
  requests.push(request);
  return request;
}

function answerTo(services: AwsServices, call: AwsCall, fault: AwsFault): AwsAnswer {
  try {
    throwOrdered(fault);
    return call.apply(services);
  } catch (error) {
    if (error instanceof AwsError) return call.refuse(error);
    throw error;
  }
}

function inspect({ topics }: AwsServices, path: string | undefined): AwsAnswer {
  const contentType = "application/json";
  if (path !== "/_sandbox/sns/messages") return { status: 404, contentType, body: "{}" };
  return { status: 200, contentType, body: JSON.stringify(topics.published) };
}

function send(response: ServerResponse, { status, contentType, body }: AwsAnswer): void {
  response.writeHead(status, { "content-type": contentType, "x-amzn-requestid": randomUUID() }).end(body);
}
