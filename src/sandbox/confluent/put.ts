import * as z from "zod";
import type { ConnectionSpec, ConnectionUpdate } from "./connection.ts";
import { ApiError } from "./responses.ts";

const MAX_DATA_BYTES = 4_000;

const PutBody = z.looseObject({
  name: z.string(),
  metadata: z.looseObject({ resource_version: z.string().optional() }).optional(),
  spec: z.looseObject({
    connection_type: z.string(),
    endpoint: z.string(),
    auth_data: z.looseObject({ kind: z.string(), data: z.string() }),
  }),
});

const Versioned = z.looseObject({ metadata: z.looseObject({ resource_version: z.string() }) });

const Data = z.record(z.string(), z.string());

/** Parses a PUT's body. @throws ApiError 400 for a malformed body or one that changes an immutable field. */
export function parsePut(body: string, stored: ConnectionSpec): ConnectionUpdate {
  const { name, metadata, spec } = parse(PutBody, body, "the body");
  requireSame("name", name, stored.name);
  requireSame("spec.connection_type", spec.connection_type, stored.type);
  requireSame("spec.endpoint", spec.endpoint, stored.endpoint);
  requireSame("spec.auth_data.kind", spec.auth_data.kind, "PlaintextProvider");
  const data = parse(Data, spec.auth_data.data, "spec.auth_data.data");
  if (Buffer.byteLength(spec.auth_data.data) > MAX_DATA_BYTES)
    throw new ApiError(400, `spec.auth_data.data is longer than ${MAX_DATA_BYTES} bytes.`);
  return { data, resourceVersion: metadata?.resource_version, hasMetadata: metadata !== undefined };
}

/** The `resource_version` in a PUT's body, even if the body is otherwise malformed. */
export function sentResourceVersion(body: string): string | undefined {
  try {
    return parse(Versioned, body, "the body").metadata.resource_version;
  } catch {
    return undefined;
  }
}

function parse<T>(schema: z.ZodType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new ApiError(400, `${what} is not as expected.`, { cause });
  }
}

function requireSame(field: string, sent: string, stored: string): void {
  if (sent !== stored) throw new ApiError(400, `${field} cannot be changed.`);
}
