import type { ConnectionView } from "./connection.ts";
import type { StoredEnvironment } from "./environment.ts";
import { pageQuery, pageToken } from "./pages.ts";
import { parsePut } from "./put.ts";
import { ApiError, errorResponse, htmlResponse, jsonResponse, type SandboxResponse } from "./responses.ts";
import { respondToStatements } from "./statements-api.ts";

/** A key and its secret that are valid for one environment. */
export interface ApiKey {
  readonly key: string;
  readonly secret: string;
  /** Milliseconds since the epoch; before this time the key is unknown. */
  readonly validFrom?: number;
}

export interface Environment {
  readonly organizationId: string;
  readonly environmentId: string;
  readonly stored: StoredEnvironment;
  apiKeys: readonly ApiKey[];
}

/** A collection, or one object in it, from a path. */
export interface Route {
  readonly organizationId: string;
  readonly environmentId: string;
  readonly collection: "connections" | "statements";
  readonly connection?: string;
  readonly statement?: string;
}

interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly route: Route;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

const PATH =
  /^\/sql\/v1\/organizations\/([^/?]+)\/environments\/([^/?]+)\/(connections|statements)(?:\/([^/?]+))?(?:\?|$)/;

/** Parses a request's path; `undefined` if it does not belong to the API. */
export function parseRoute(path: string): Route | undefined {
  const [, organizationId, environmentId, collection, name] = PATH.exec(path) ?? [];
  if (organizationId === undefined || environmentId === undefined) return undefined;
  const isStatement = collection === "statements";
  try {
    return {
      organizationId: decodeURIComponent(organizationId),
      environmentId: decodeURIComponent(environmentId),
      collection: isStatement ? "statements" : "connections",
      ...(name !== undefined && { [isStatement ? "statement" : "connection"]: decodeURIComponent(name) }),
    };
  } catch {
    return undefined;
  }
}

/** The API of connections and statements over the stored environments, without sockets, limits or faults. */
export class ConnectionsApi {
  readonly #environments: ReadonlyMap<string, Environment>;
  readonly #advertisedUrl: () => string;

  /** @param advertisedUrl gives the base of the URLs in responses. */
  constructor(environments: ReadonlyMap<string, Environment>, advertisedUrl: () => string) {
    this.#environments = environments;
    this.#advertisedUrl = advertisedUrl;
  }

  respond(request: ApiRequest, now: number): SandboxResponse {
    try {
      return this.#dispatch(request, now);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const response = errorResponse(error.status, error.message);
      if (error.status !== 401) return response;
      return {
        ...response,
        headers: { ...response.headers, "www-authenticate": 'Basic error="invalid_key"' },
      };
    }
  }

  #dispatch(request: ApiRequest, now: number): SandboxResponse {
    const environment = this.#authorizedEnvironment(request, now);
    const { connection: name } = request.route;
    if (request.route.collection === "statements") return this.#statements(request, environment, now);
    requireMethod(request, name === undefined ? ["GET"] : ["GET", "PUT"]);
    if (name === undefined) return this.#list(request.path, environment, now);
    const connection = environment.stored.connection(name);
    if (request.method === "GET") return this.#show(environment, connection.read(now));
    requireJson(request);
    const isApplied = connection.put(parsePut(request.body, connection.spec), now);
    return isApplied ? this.#show(environment, connection.view(now)) : htmlResponse();
  }

  #statements(request: ApiRequest, environment: Environment, now: number): SandboxResponse {
    const { method, path, contentType, body, route } = request;
    const collectionUrl = this.#collectionUrl(environment, "statements");
    const asked = { method, path, contentType, body, collectionUrl, name: route.statement };
    return respondToStatements(environment.stored.statements, asked, now);
  }

  #authorizedEnvironment({ route, authorization }: ApiRequest, now: number): Environment {
    const environment = this.#environments.get(route.environmentId);
    if (environment?.organizationId !== route.organizationId)
      throw new ApiError(404, `There is no environment ${route.environmentId}.`);
    if (!environment.apiKeys.some((apiKey) => authorizes(apiKey, authorization, now)))
      throw new ApiError(401, "The API key is not valid.");
    return environment;
  }

  #list(path: string, environment: Environment, now: number): SandboxResponse {
    const query = new URLSearchParams(path.split("?")[1]);
    const { items, nextAfter } = environment.stored.list(pageQuery(query), now);
    const self = this.#collectionUrl(environment);
    if (nextAfter !== undefined) query.set("page_token", pageToken(nextAfter));
    return jsonResponse({
      api_version: "sql/v1",
      kind: "ConnectionList",
      metadata: { self, next: nextAfter === undefined ? undefined : `${self}?${query}` },
      data: items.map((view) => toJson(view, self)),
    });
  }

  #show(environment: Environment, view: ConnectionView): SandboxResponse {
    return jsonResponse(toJson(view, this.#collectionUrl(environment)));
  }

  #collectionUrl({ organizationId, environmentId }: Environment, collection = "connections"): string {
    const path = `sql/v1/organizations/${organizationId}/environments/${environmentId}/${collection}`;
    return `${this.#advertisedUrl()}/${path}`;
  }
}

/** The object as the API shows it. */
function toJson(view: ConnectionView, collectionUrl: string): object {
  const { spec, createdAt, updatedAt, resourceVersion, phase, detail } = view;
  return {
    api_version: "sql/v1",
    kind: "Connection",
    metadata: {
      self: `${collectionUrl}/${encodeURIComponent(spec.name)}`,
      created_at: new Date(createdAt).toISOString(),
      ...(updatedAt !== undefined && { updated_at: new Date(updatedAt).toISOString() }),
      ...(resourceVersion !== undefined && { resource_version: resourceVersion }),
      resource_name: "",
    },
    name: spec.name,
    spec: {
      connection_type: spec.type,
      endpoint: spec.endpoint,
      auth_data: { kind: "PlaintextProvider", data: "<REDACTED>" },
    },
    ...(phase !== undefined && { status: { phase, detail } }),
  };
}

function requireMethod({ method }: ApiRequest, allowed: readonly string[]): void {
  if (!allowed.includes(method)) throw new ApiError(405, "The method is not allowed here.");
}

function requireJson({ contentType }: ApiRequest): void {
  if (!contentType?.startsWith("application/json")) throw new ApiError(415, "The body must be JSON.");
}

function authorizes(
  { key, secret, validFrom = -Infinity }: ApiKey,
  header: string | undefined,
  now: number,
): boolean {
  return now >= validFrom && header === `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;
}
