import * as z from "zod";
import type { StoredConnection } from "./connection.ts";
import { RefusedError } from "./responses.ts";
import type { AuthData } from "./settings.ts";

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

/**
 * Reads a PUT's body and holds it against the stored connection.
 * @throws RefusedError 400 for a body that is not right, 409 for a stale `resource_version`.
 */
export function readPut(body: string, connection: StoredConnection): AuthData {
  const { name, metadata, spec } = parse(PutBody, body, "the body");
  const { spec: stored } = connection;
  requireSame("name", name, stored.name);
  requireSame("spec.connection_type", spec.connection_type, stored.type);
  requireSame("spec.endpoint", spec.endpoint, stored.endpoint);
  requireSame("spec.auth_data.kind", spec.auth_data.kind, "PlaintextProvider");
  const data = parse(Data, spec.auth_data.data, "spec.auth_data.data");
  if (Buffer.byteLength(spec.auth_data.data) > MAX_DATA_BYTES) {
    throw new RefusedError(400, `spec.auth_data.data is longer than ${MAX_DATA_BYTES} bytes.`);
  }
  const sent = metadata?.resource_version;
  if (sent !== undefined && sent !== connection.resourceVersion) {
    throw new RefusedError(409, "The resource version is stale.");
  }
  return data;
}

/** The `resource_version` in a PUT's body, whatever else is wrong with it. */
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
    throw new RefusedError(400, `${what} is not as expected.`, { cause });
  }
}

function requireSame(field: string, sent: string, stored: string): void {
  if (sent !== stored) throw new RefusedError(400, `${field} cannot be changed.`);
}
