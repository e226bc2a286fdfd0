import * as z from "zod/mini";
import { parseJson } from "../../rotation/json.ts";
import type { ProviderError } from "./provider.ts";

const text = z.catch(z.optional(z.string()), undefined);
const shape = z.object({
  error: z.object({
    code: text,
    type: text,
    message: text,
    reason: text,
    details: z.catch(z.array(z.object({ reason: text })), []),
  }),
});
const oauth = z.object({ error: z.string(), error_description: text });

type ErrorBody = z.output<typeof shape>["error"];

/** Reads the error from `{"error": {…}}`; the place of the code depends on the provider. */
export function nested(codeOf: (error: ErrorBody) => string | undefined): (body: string) => ProviderError {
  return (body) => {
    const { data } = shape.safeParse(parseJson(body));
    return data === undefined
      ? {}
      : { code: codeOf(data.error), message: data.error.message ?? data.error.reason };
  };
}

/** Reads the error of a token endpoint, such as `{"error":"invalid_client","error_description":"…"}`. */
export function oauthError(body: string): ProviderError {
  const { data } = oauth.safeParse(parseJson(body));
  return data === undefined ? {} : { code: data.error, message: data.error_description };
}

/** Reads the error from plain text. */
function plainText(body: string): ProviderError {
  return /^\s*</.test(body) ? {} : { message: body.trim() };
}

/** Reads the error from `{"error": {…}}`, or else from plain text. */
export function nestedOrText(
  codeOf: (error: ErrorBody) => string | undefined,
): (body: string) => ProviderError {
  const json = nested(codeOf);
  return (body) => (isJsonObject(body) ? json(body) : plainText(body));
}

/** True if the body starts like a JSON object. */
export function isJsonObject(body: string): boolean {
  return /^\s*\{\s*"/.test(body);
}
