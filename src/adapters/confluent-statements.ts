import * as z from "zod/mini";
import { UnknownResultError } from "../rotation/errors.ts";
import { parseJson } from "../rotation/json.ts";
import type {
  NewStatement,
  StatementPage,
  StatementState,
  StatementsApi,
} from "../rotation/statements/api.ts";
import { UntrustedText } from "../rotation/untrusted-text.ts";
import { detailOf, isFromApi } from "./confluent-fault.ts";
import { listSchema, nextTokenOf, pageQuery } from "./confluent-page.ts";
import type { HttpResponse } from "./http.ts";
import { NetworkError } from "./network-error.ts";
import { statementError, uncertainStatementError } from "./statement-fault.ts";
import type { Transport } from "./transport.ts";

const optionalText = z.catch(z.optional(z.string()), undefined);

const statementSchema = z.object({
  name: z.string(),
  metadata: z.catch(z.object({ created_at: optionalText, updated_at: optionalText }), {}),
  spec: z.catch(z.object({ statement: optionalText, compute_pool_id: optionalText }), {}),
  status: z.catch(
    z.object({
      phase: z.catch(z.string(), ""),
      detail: z.catch(z.string(), ""),
      traits: z.catch(
        z.object({
          sql_kind: optionalText,
          connection_refs: z.catch(z.nullish(z.array(z.string())), undefined),
        }),
        {},
      ),
    }),
    { phase: "", detail: "", traits: {} },
  ),
});

/** What must come back in a PUT. It may contain a secret, so that it stays here. */
const rawSchema = z.looseObject({
  spec: z.looseObject({ stopped: z.catch(z.optional(z.boolean()), undefined) }),
  status: z.catch(z.optional(z.looseObject({ phase: z.string() })), undefined),
});

/** Statuses of a PATCH after which a PUT may succeed. */
const PUT_INSTEAD = [400, 405, 415, 422];

/**
 * What a statement says if its provider refuses the key of a connection. The first text also appears if the key is valid
 * and lacks access to the model.
 */
const REFUSALS = [
  /Runtime received bad response code 40[13]\b/i,
  /Secrets on CONNECTION have expired or are invalid/i,
  /security token included in the request is (expired|invalid)/i,
];

const PHASE_SHAPE = /^[A-Za-z_]{1,40}$/;
const UNKNOWN_PHASE = "[UNKNOWN PHASE]";

/** The statements of one environment. */
export class ConfluentStatements implements StatementsApi {
  readonly #transport: Transport;
  readonly #base: string;
  readonly #ids: { readonly organization_id: string; readonly environment_id: string };

  constructor(
    transport: Transport,
    base: string,
    { organizationId, environmentId }: { readonly organizationId: string; readonly environmentId: string },
  ) {
    this.#transport = transport;
    this.#base = base;
    this.#ids = { organization_id: organizationId, environment_id: environmentId };
  }

  async list(pageToken?: string): Promise<StatementPage> {
    const { response, value: page } = await this.#transport.read(
      `${this.#base}?${pageQuery(pageToken)}`,
      ({ body }) => listSchema.safeParse(parseJson(body)).data,
    );
    if (page === undefined) throw statementError(response);
    return { statements: page.data.flatMap((each) => toState(each) ?? []), ...nextTokenOf(page) };
  }

  async get(name: string): Promise<StatementState | undefined> {
    const { response, value: state } = await this.#transport.read(this.#urlOf(name), ({ body }) =>
      toState(parseJson(body)),
    );
    if (state === undefined && response.status !== 404) throw statementError(response);
    return state;
  }

  async create({ name, sql, catalog, database, computePool, principal }: NewStatement): Promise<void> {
    const body = {
      ...this.#ids,
      name,
      // Tools that list statements leave out those with this label.
      metadata: { labels: { "user.confluent.io/hidden": "true" } },
      spec: {
        statement: sql,
        properties: {
          ...(catalog !== undefined && { "sql.current-catalog": catalog }),
          ...(database !== undefined && { "sql.current-database": database }),
          "sql.snapshot.mode": "now",
        },
        ...(computePool !== undefined && { compute_pool_id: computePool }),
        ...(principal !== undefined && { principal }),
        stopped: false,
      },
    };
    await this.#change("POST", this.#base, body);
  }

  async delete(name: string): Promise<void> {
    const response = await this.#transport.delete(this.#urlOf(name));
    if (!isAccepted(response) && response.status !== 404) throw statementError(response);
  }

  /** By PATCH; by PUT if the service does not take that, or finds nothing to change as in a statement that has failed. */
  async setStopped(name: string, stopped: boolean): Promise<void> {
    const url = this.#urlOf(name);
    const patch = JSON.stringify([{ op: "replace", path: "/spec/stopped", value: stopped }]);
    const contentType = "application/json-patch+json";
    const response = await this.#send({ method: "PATCH", url, contentType, body: patch });
    if (isAccepted(response)) return;
    if (!PUT_INSTEAD.includes(response.status)) throw uncertainStatementError(response);
    await this.#putStopped(url, stopped);
  }

  /** Sends everything back that was read, as Confluent's own command line does. */
  async #putStopped(url: string, stopped: boolean): Promise<void> {
    const { response, value: raw } = await this.#transport.read(
      url,
      ({ body }) => rawSchema.safeParse(parseJson(body)).data,
    );
    if (raw === undefined) throw statementError(response);
    if (raw.spec.stopped === stopped && raw.status?.phase.toUpperCase() !== "FAILED") return;
    await this.#change("PUT", url, { ...raw, spec: { ...raw.spec, stopped } });
  }

  async #change(method: "POST" | "PUT", url: string, content: object): Promise<void> {
    const body = JSON.stringify(content);
    const response = await this.#send({ method, url, contentType: "application/json", body });
    if (!isAccepted(response)) throw uncertainStatementError(response);
  }

  #send(request: Parameters<Transport["writeOnce"]>[0]): Promise<HttpResponse> {
    return this.#transport.writeOnce(request).catch(unknownResult);
  }

  #urlOf(name: string): string {
    return `${this.#base}/${encodeURIComponent(name)}`;
  }
}

function isAccepted(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300 && isFromApi(response);
}

function unknownResult(error: unknown): never {
  if (!(error instanceof NetworkError)) throw error;
  throw new UnknownResultError(
    error.errorClass,
    UntrustedText.sentence`${error.text} Whether the request was carried out is not known.`,
    error.response,
  );
}

function toState(json: unknown): StatementState | undefined {
  const { data } = statementSchema.safeParse(json);
  if (data === undefined) return undefined;
  const { name, metadata, spec, status } = data;
  const { connection_refs: references } = status.traits;
  const phase = status.phase.trim();
  return {
    name,
    phase: phase === "" || PHASE_SHAPE.test(phase) ? phase.toUpperCase() : UNKNOWN_PHASE,
    ...detailOf(status.detail),
    isKeyRefused: REFUSALS.some((text) => text.test(status.detail)),
    isResumable: isResumable(spec.statement ?? "", status.traits.sql_kind ?? ""),
    ...(references && { connections: references.map(flatName) }),
    ...(spec.compute_pool_id && { computePool: spec.compute_pool_id }),
    ...timeOf("createdAt", metadata.created_at),
    ...timeOf("updatedAt", metadata.updated_at),
  };
}

function timeOf<Key extends string>(key: Key, text = ""): { readonly [key in Key]?: number } {
  const time = Date.parse(text);
  return Number.isNaN(time) ? {} : ({ [key]: time } as { readonly [key in Key]?: number });
}

const COMMENTS = /\/\*[\s\S]*?\*\/|--[^\n]*/g;
const RESUMABLE_TEXT =
  /^\s*(insert\s+into\b|execute\s+statement\s+set\b|create\s+table\b[\s\S]*\bas\s+select\b)/i;
const RESUMABLE_KIND =
  /^(insert_into|insert|statement_set|execute_statement_set|create_table_as(_select)?)$/i;

/** Only these continue where they were stopped; the result of a SELECT is lost. */
function isResumable(sql: string, kind: string): boolean {
  return RESUMABLE_KIND.test(kind) || RESUMABLE_TEXT.test(sql.replace(COMMENTS, " "));
}

/** SQL names a connection with catalog and database, the API of connections without. */
function flatName(reference: string): string {
  const quoted = /`([^`]*)`$/.exec(reference)?.[1];
  return quoted ?? reference;
}
