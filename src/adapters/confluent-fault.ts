import {
  ConflictError,
  type ResponseInfo,
  RotationError,
  UnauthorizedError,
  UnknownResultError,
} from "../rotation/errors.ts";
import { parseJson } from "../rotation/json.ts";
import { UntrustedText } from "../rotation/untrusted-text.ts";
import type { Caller } from "./caller.ts";
import { errorDetail } from "./error-detail.ts";
import { type HttpResponse, isTransient } from "./http.ts";

const IP_FILTER = /\bip[ _-]?(filter|address|group)/i;

const CHECK_PROXIES =
  "Check the proxies and firewalls between the rotator and Confluent, and Confluent's IP filters.";

/** The error for an unsuccessful response from Confluent. Its message becomes the detail. */
export function responseError(
  { status, headers, body }: HttpResponse,
  caller: Caller = "function",
): RotationError {
  const json = parseJson(body);
  const detail = errorDetail(json);
  const response: ResponseInfo = { httpStatus: status, ...requestIdOf({ headers }), ...detailOf(detail) };
  const origin = isPage({ body }) ? { nextStep: CHECK_PROXIES } : {};
  switch (status) {
    case 200:
      return new RotationError("service", "Confluent's response could not be read.", {
        ...response,
        ...origin,
      });
    case 401:
      return new UnauthorizedError(
        isPage({ body })
          ? "The rotator's Confluent API key was refused (401), by Confluent or by a proxy or firewall: the response is not from Confluent's API."
          : "Confluent refused the rotator's Confluent API key (401).",
        response,
      );
    case 403:
      return IP_FILTER.test(detail) ? outsideIpFilter(response) : forbidden(response, isObject(json));
    case 404:
      return notFound(response, isPage({ body }), caller);
    case 407:
      return new RotationError("service", "A proxy asks for a user name and a password (407).", {
        ...response,
        nextStep: CHECK_PROXIES,
      });
    default:
      return new RotationError("service", `Confluent answered ${status}.`, { ...response, ...origin });
  }
}

function notFound(response: ResponseInfo, isForeign: boolean, caller: Caller): RotationError {
  const place = caller === "newcomer" ? "" : " of the environment in connections.json";
  return isForeign
    ? new RotationError("not-found", "A page that is not from Confluent's API was answered (404).", {
        ...response,
        nextStep: `Check restEndpoint, cloud and region${place}. ${CHECK_PROXIES}`,
      })
    : new RotationError(
        "not-found",
        "Confluent knows no such connection, environment or organization (404).",
        {
          ...response,
          nextStep: `Check organizationId, environmentId, cloud and region${place}.`,
        },
      );
}

function outsideIpFilter(response: ResponseInfo): UnauthorizedError {
  return new UnauthorizedError("Confluent's IP filter does not admit the rotator (403).", {
    ...response,
    nextStep:
      "Add the rotator's public IP address to Confluent's IP filter for Flink, or call it through the private network.",
  });
}

/** The error for a PUT that was not accepted. Only the API itself can refuse credentials. */
export function putError(response: HttpResponse): RotationError {
  const { status } = response;
  const failure = responseError(response);
  if (status === 409 || status === 412) return new ConflictError(failure.response);
  if (isTransient(status) || status === 303)
    return new UnknownResultError("service", failure.message, failure.response);
  if (status >= 200 && status < 300) {
    const fault = isFromApi(response) ? "does not confirm it" : "is not from Confluent's API";
    const message = `The response to the PUT (${status}) ${fault}, so the key was not accepted.`;
    return new UnknownResultError("service", message, { ...failure.response, nextStep: CHECK_PROXIES });
  }
  if ((status !== 400 && status !== 422) || !isFromApi(response)) return failure;
  const message = "Confluent refused the credentials when they were put.";
  return new RotationError("rejected", message, failure.response);
}

/** False for HTML and other bodies that a proxy may send instead of the API. The response to a PUT may have no body. */
export function isFromApi({ body }: HttpResponse): boolean {
  const text = body.trim();
  return text === "" || text === "null" || isObject(parseJson(text));
}

/** True for HTML or XML, which the API never sends. */
export function isPage({ body }: Pick<HttpResponse, "body">): boolean {
  return body.trimStart().startsWith("<");
}

/** True for a success from the API. Some gateways send errors with a status of success. */
export function isAccepted(response: HttpResponse): boolean {
  const { status, body } = response;
  if (status < 200 || status >= 300 || !isFromApi(response)) return false;
  const json = parseJson(body);
  return typeof json !== "object" || json === null || isResource(json);
}

const OWN_KEYS = ["spec", "metadata", "name"];
const ERROR_KEYS = ["errors", "error", "error_code", "message"];

/** True for an empty object, and for one that has anything of what the API sends and reports no error. */
function isResource(json: object): boolean {
  const keys = Object.keys(json);
  if (keys.length === 0 || keys.includes("spec")) return true;
  return keys.some((key) => OWN_KEYS.includes(key)) && !keys.some((key) => ERROR_KEYS.includes(key));
}

function isObject(json: unknown): boolean {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

export function detailOf(text: string): { detail?: UntrustedText } {
  const detail = UntrustedText.from(text);
  return detail === undefined ? {} : { detail };
}

export function requestIdOf({ headers }: Pick<HttpResponse, "headers">): { requestId?: UntrustedText } {
  const requestId = UntrustedText.id(headers["x-request-id"] ?? "");
  return requestId === undefined ? {} : { requestId };
}

/** A 403 may come from Confluent's roles or from a proxy, whose page is not JSON. */
function forbidden(response: ResponseInfo, isFromConfluent: boolean): UnauthorizedError {
  if (!isFromConfluent)
    return new UnauthorizedError(
      "Access is forbidden (403), but the response is not from Confluent's API: a proxy or firewall may have sent it.",
      {
        ...response,
        nextStep: CHECK_PROXIES,
      },
    );
  return new UnauthorizedError(
    "The rotator's Confluent API key is not allowed to do this (403); it needs the role FlinkAdmin, EnvironmentAdmin or OrganizationAdmin.",
    response,
  );
}
