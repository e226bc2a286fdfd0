import * as z from "zod";
import { parseJson } from "../../rotation/json.ts";
import { pageQuery, pageToken } from "./pages.ts";
import { ApiError, emptyResponse, jsonResponse, type SandboxResponse } from "./responses.ts";
import type { InspectedStatement, StatementSpec } from "./statement.ts";
import type { StoredStatements } from "./statements.ts";

interface StatementRequest {
  readonly method: string;
  readonly path: string;
  /** Absent for the collection. */
  readonly name: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
  readonly collectionUrl: string;
}

const JSON_TYPE = "application/json";
const PATCH_TYPE = "application/json-patch+json";

const newStatement = z.looseObject({
  name: z.string().regex(/^[a-z0-9.-]{1,100}$/),
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).optional() }).optional(),
  spec: z.looseObject({
    statement: z.string().min(1),
    properties: z.record(z.string(), z.string()).optional(),
    compute_pool_id: z.string().optional(),
    principal: z.string().optional(),
  }),
});

const patch = z.tuple([
  z.strictObject({ op: z.literal("replace"), path: z.literal("/spec/stopped"), value: z.boolean() }),
]);

const update = z.looseObject({
  metadata: z.looseObject({ resource_version: z.string() }),
  spec: z.looseObject({ statement: z.string(), stopped: z.boolean() }),
});

/** Responds to one request about the statements of an environment. @throws ApiError */
export function respondToStatements(
  statements: StoredStatements,
  request: StatementRequest,
  now: number,
): SandboxResponse {
  if (statements.settings.forbidden) throw new ApiError(403, "The principal lacks the role.");
  const { method, name } = request;
  if (name === undefined) {
    if (method === "GET") return list(statements, request, now);
    if (method === "POST") return create(statements, request, now);
    throw notAllowed();
  }
  switch (method) {
    case "GET":
      return show(statements, name, request, now);
    case "PATCH":
      return patchStopped(statements, name, request, now);
    case "PUT":
      return putStopped(statements, name, request, now);
    case "DELETE":
      statements.delete(name);
      return { ...emptyResponse(), status: 202 };
    default:
      throw notAllowed();
  }
}

function list(
  statements: StoredStatements,
  { path, collectionUrl: self }: StatementRequest,
  now: number,
): SandboxResponse {
  const query = new URLSearchParams(path.split("?")[1]);
  const { items, nextAfter } = statements.list(pageQuery(query), now);
  if (nextAfter !== undefined) query.set("page_token", pageToken(nextAfter));
  return jsonResponse({
    api_version: "sql/v1",
    kind: "StatementList",
    metadata: { self, next: nextAfter === undefined ? undefined : `${self}?${query}` },
    data: items.map((each) => toJson(each, statements, self)),
  });
}

function show(
  statements: StoredStatements,
  name: string,
  { collectionUrl }: StatementRequest,
  now: number,
): SandboxResponse {
  return jsonResponse(toJson(statements.get(name).inspect(now), statements, collectionUrl));
}

function create(statements: StoredStatements, request: StatementRequest, now: number): SandboxResponse {
  const { name, metadata, spec } = parse(newStatement, request, JSON_TYPE);
  const { statement: sql, properties, compute_pool_id: computePool, principal } = spec;
  const added: StatementSpec = {
    name,
    sql,
    ...(properties && { properties }),
    ...(computePool !== undefined && { computePool }),
    ...(principal !== undefined && { principal }),
    ...(metadata?.labels && { labels: metadata.labels }),
  };
  statements.add(added, now);
  return { ...show(statements, name, request, now), status: 201 };
}

function patchStopped(
  statements: StoredStatements,
  name: string,
  request: StatementRequest,
  now: number,
): SandboxResponse {
  const [{ value }] = parse(patch, request, PATCH_TYPE);
  const statement = statements.get(name);
  if (statement.inspect(now).isStopped === value) throw new ApiError(422, "Nothing would change.");
  statement.setStopped(value, now);
  return show(statements, name, request, now);
}

function putStopped(
  statements: StoredStatements,
  name: string,
  request: StatementRequest,
  now: number,
): SandboxResponse {
  const { metadata, spec } = parse(update, request, JSON_TYPE);
  const statement = statements.get(name);
  const stored = statement.inspect(now);
  if (metadata.resource_version !== versionText(stored))
    throw new ApiError(409, "The resource version is stale.");
  if (spec.statement !== stored.sql) throw new ApiError(400, "spec.statement cannot be changed.");
  statement.setStopped(spec.stopped, now);
  return { ...emptyResponse(), status: 202 };
}

function toJson(inspected: InspectedStatement, { settings }: StoredStatements, self: string): object {
  const { name, sql, properties = {}, computePool, principal, labels, phase, detail, uses } = inspected;
  const references = phase !== "FAILED" && settings.showsConnections && uses.map((each) => each.name);
  return {
    api_version: "sql/v1",
    kind: "Statement",
    metadata: {
      self: `${self}/${name}`,
      created_at: new Date(inspected.createdAt).toISOString(),
      updated_at: new Date(inspected.updatedAt).toISOString(),
      resource_version: versionText(inspected),
      ...(labels && { labels }),
    },
    name,
    spec: {
      statement: sql,
      properties,
      compute_pool_id: computePool,
      principal,
      stopped: inspected.isStopped,
    },
    status: {
      phase,
      detail,
      traits: phase === "FAILED" ? undefined : { connection_refs: references || undefined },
    },
  };
}

function versionText({ version }: InspectedStatement): string {
  return `s${version.toString(36)}`;
}

function parse<T>(schema: z.ZodType<T>, { body, contentType }: StatementRequest, type: string): T {
  if (contentType?.split(";")[0]?.trim() !== type) throw new ApiError(415, `The body must be ${type}.`);
  const { data, error } = schema.safeParse(parseJson(body));
  if (error) throw new ApiError(400, "The body is not as expected.", { cause: error });
  return data as T;
}

function notAllowed(): ApiError {
  return new ApiError(405, "The method is not allowed here.");
}
