import { randomUUID } from "node:crypto";
import * as z from "zod";
import { parseJson } from "../../rotation/json.ts";
import { AwsError } from "./error.ts";
import type { SecretStore } from "./secret-store.ts";
import { callSecretsManager } from "./secrets-manager.ts";
import { callSns, type Topics } from "./sns.ts";
import { element, type Xml } from "./xml.ts";

const SNS_NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/";

export interface AwsServices {
  readonly store: SecretStore;
  readonly topics: Topics;
}

export interface AwsResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** One request, independent of its protocol. */
export interface AwsCall {
  readonly operation: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly apply: (services: AwsServices) => AwsResponse;
  readonly toErrorResponse: (error: AwsError) => AwsResponse;
}

/** Secrets Manager's operation is in `X-Amz-Target`, that of SNS in the form's `Action`. */
export function parseCall(target: string | undefined, body: string): AwsCall {
  return target === undefined ? queryCall(new URLSearchParams(body)) : jsonCall(target, body);
}

function jsonCall(target: string, body: string): AwsCall {
  const operation = target.replace(/^secretsmanager\./, "");
  const input = z.record(z.string(), z.unknown()).safeParse(parseJson(body)).data;
  return {
    operation,
    fields: input ?? {},
    apply: ({ store }) => {
      if (!input) throw new AwsError("SerializationException", "The request's body is not a JSON object.");
      return json(200, callSecretsManager(store, operation, input));
    },
    toErrorResponse: ({ code, message, status }) => json(status, { __type: code, Message: message }),
  };
}

const json = (status: number, body: object): AwsResponse => ({
  status,
  contentType: "application/x-amz-json-1.1",
  body: JSON.stringify(body),
});

function queryCall(form: URLSearchParams): AwsCall {
  const operation = form.get("Action") ?? "";
  return {
    operation,
    fields: Object.fromEntries(form),
    apply: ({ topics }) => {
      const result = element(`${operation}Result`, ...callSns(topics, operation, form));
      return xml(200, `${operation}Response`, [result, element("ResponseMetadata", requestId())]);
    },
    toErrorResponse: ({ code, message, status }) => {
      const type = element("Type", status < 500 ? "Sender" : "Receiver");
      const error = element("Error", type, element("Code", code), element("Message", message));
      return xml(status, "ErrorResponse", [error, requestId()]);
    },
  };
}

const requestId = () => element("RequestId", randomUUID());

const xml = (status: number, root: string, content: readonly Xml[]): AwsResponse => ({
  status,
  contentType: "text/xml",
  body: `<${root} xmlns="${SNS_NAMESPACE}">${content.map(({ markup }) => markup).join("")}</${root}>`,
});
