import type { StoredConnection } from "./connection.ts";
import { pageOf } from "./list.ts";
import { readPut } from "./put.ts";
import { type Answer, emptyAnswer, errorAnswer, jsonAnswer, RefusedError } from "./responses.ts";
import type { Settings } from "./settings.ts";

/** A pair that may call the API in one environment. */
export interface ApiKey {
  readonly key: string;
  readonly secret: string;
  /** Milliseconds since the epoch; before it the pair is not yet known. */
  readonly validFrom?: number;
}

export interface Environment {
  readonly organizationId: string;
  readonly environmentId: string;
  apiKeys: readonly ApiKey[];
  readonly settings: () => Settings;
  readonly connections: Map<string, StoredConnection>;
}

/** The connections API's own collection or one connection in it, as a path names them. */
export interface Route {
  readonly organizationId: string;
  readonly environmentId: string;
  readonly connection?: string;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly route: Route;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

export interface ApiOptions {
  /** The base of the URLs in answers. */
  readonly advertisedUrl: () => string;
  /** `metadata.next` of a last page, absent by default. */
  readonly lastPageNext: "" | null | undefined;
}

const PATH =
  /^\/sql\/v1\/organizations\/([^/?]+)\/environments\/([^/?]+)\/connections(?:\/([^/?]+))?(?:\?|$)/;

/** Reads a request's path; `undefined` where it is not the API's. */
export function routeOf(path: string): Route | undefined {
  const [, organizationId, environmentId, connection] = PATH.exec(path) ?? [];
  if (organizationId === undefined || environmentId === undefined) return undefined;
  try {
    return {
      organizationId: decodeURIComponent(organizationId),
      environmentId: decodeURIComponent(environmentId),
      ...(connection !== undefined && { connection: decodeURIComponent(connection) }),
    };
  } catch {
    return undefined;
  }
}

/** The connections API over what is stored, without sockets, limits or faults. */
export class ConnectionsApi {
  readonly #environments: ReadonlyMap<string, Environment>;
  readonly #options: ApiOptions;

  constructor(environments: ReadonlyMap<string, Environment>, options: ApiOptions) {
    this.#environments = environments;
    this.#options = options;
  }

  answer(call: Call, now: number): Answer {
    try {
      return this.#dispatch(call, now);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const answer = errorAnswer(error.status, error.message);
      if (error.status !== 401) return answer;
      return { ...answer, headers: { ...answer.headers, "www-authenticate": 'Basic error="invalid_key"' } };
    }
  }

  #dispatch(call: Call, now: number): Answer {
    const environment = this.#environmentFor(call, now);
    const { connection: name } = call.route;
    if (name === undefined) {
      requireMethod(call, ["GET"]);
      return this.#list(call.path, environment, now);
    }
    requireMethod(call, ["GET", "PUT"]);
    const connection = environment.connections.get(name);
    if (!connection) throw new RefusedError(404, `There is no connection ${name}.`);
    refuseForbidden(connection.settings);
    if (call.method === "PUT") applyPut(call, connection, now);
    const isShown = call.method === "GET" || connection.settings.putAnswer === "connection";
    return isShown ? jsonAnswer(this.#render(environment, connection, now)) : emptyAnswer();
  }

  #environmentFor({ route, authorization }: Call, now: number): Environment {
    const environment = this.#environments.get(route.environmentId);
    if (environment?.organizationId !== route.organizationId) {
      throw new RefusedError(404, `There is no environment ${route.environmentId}.`);
    }
    if (!environment.apiKeys.some((apiKey) => authorizes(apiKey, authorization, now))) {
      throw new RefusedError(401, "The API key is not valid.");
    }
    refuseForbidden(environment.settings());
    return environment;
  }

  #list(path: string, environment: Environment, now: number): Answer {
    const query = new URLSearchParams(path.split("?")[1]);
    const { items, next } = pageOf(environment.connections.values(), query);
    const self = this.#collectionUrl(environment);
    return jsonAnswer({
      api_version: "sql/v1",
      kind: "ConnectionList",
      metadata: { self, next: next ? `${self}?${next}` : this.#options.lastPageNext },
      data: items.map((connection) => this.#render(environment, connection, now)),
    });
  }

  #render(environment: Environment, connection: StoredConnection, now: number): object {
    const name = encodeURIComponent(connection.spec.name);
    return connection.render(now, `${this.#collectionUrl(environment)}/${name}`);
  }

  #collectionUrl({ organizationId, environmentId }: Environment): string {
    const path = `sql/v1/organizations/${organizationId}/environments/${environmentId}/connections`;
    return `${this.#options.advertisedUrl()}/${path}`;
  }
}

function applyPut({ body, contentType }: Call, connection: StoredConnection, now: number): void {
  if (!contentType?.startsWith("application/json")) throw new RefusedError(415, "The body must be JSON.");
  connection.put(readPut(body, connection), now);
}

function requireMethod({ method }: Call, allowed: readonly string[]): void {
  if (!allowed.includes(method)) throw new RefusedError(405, "The method is not allowed here.");
}

function refuseForbidden({ forbidden }: Settings): void {
  if (forbidden) throw new RefusedError(403, "The principal lacks the role.");
}

function authorizes(
  { key, secret, validFrom = -Infinity }: ApiKey,
  header: string | undefined,
  now: number,
): boolean {
  return now >= validFrom && header === `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;
}
