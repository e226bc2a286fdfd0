import * as z from "zod/mini";
import { parseJson } from "../rotation/json.ts";
import type {
  NewStatement,
  StatementPage,
  StatementState,
  StatementsApi,
} from "../rotation/statements/api.ts";
import { isAccepted } from "./confluent-fault.ts";
import { listSchema, nextTokenOf, pageQuery } from "./confluent-page.ts";
import type { HttpResponse } from "./http.ts";
import { orUnknownResult } from "./network-error.ts";
import { statementError, uncertainStatementError } from "./statement-fault.ts";
import { toStatementState } from "./statement-state.ts";
import type { Transport } from "./transport.ts";

/** The parts that a PUT must send back. They may contain a secret, so they are not returned. */
const rawSchema = z.looseObject({
  name: z.string(),
  spec: z.looseObject({ stopped: z.catch(z.optional(z.boolean()), undefined) }),
  status: z.catch(z.optional(z.looseObject({ phase: z.string() })), undefined),
});

/** Statuses of a PATCH after which a PUT may succeed. */
const PUT_INSTEAD = [400, 405, 415, 422];

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
    return { statements: page.data.flatMap((each) => toStatementState(each) ?? []), ...nextTokenOf(page) };
  }

  /** @throws RotationError, also for a response about another statement. */
  async get(name: string): Promise<StatementState | undefined> {
    const { response, value: state } = await this.#transport.read(this.#urlOf(name), ({ body }) => {
      const read = toStatementState(parseJson(body));
      return read?.name === name ? read : undefined;
    });
    if (state === undefined && response.status !== 404) throw statementError(response);
    return state;
  }

  async create({ name, sql, catalog, database, computePool, principal }: NewStatement): Promise<void> {
    const body = {
      ...this.#ids,
      name,
      // Tools that list statements hide those with this label.
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
    await this.#change({ method: "POST", url: this.#base, body: JSON.stringify(body) });
  }

  async delete(name: string): Promise<void> {
    const response = await this.#transport.delete(this.#urlOf(name));
    if (!isAccepted(response) && response.status !== 404) throw statementError(response);
  }

  /** By PATCH, or by PUT if the service rejects PATCH or sees nothing to change, as in a failed statement. */
  async setStopped(name: string, stopped: boolean): Promise<void> {
    const url = this.#urlOf(name);
    const patch = JSON.stringify([{ op: "replace", path: "/spec/stopped", value: stopped }]);
    const contentType = "application/json-patch+json";
    const response = await this.#send({ method: "PATCH", url, contentType, body: patch });
    if (isAccepted(response)) return;
    if (!PUT_INSTEAD.includes(response.status)) throw uncertainStatementError(response);
    await this.#putStopped(name, stopped);
  }

  /** Sends back everything that was read, as Confluent's own command line does. */
  async #putStopped(name: string, stopped: boolean): Promise<void> {
    const url = this.#urlOf(name);
    const { response, value: raw } = await this.#transport.read(
      url,
      ({ body }) => rawSchema.safeParse(parseJson(body)).data,
    );
    if (raw?.name !== name) throw statementError(response);
    if (raw.spec.stopped === stopped && raw.status?.phase.toUpperCase() !== "FAILED") return;
    await this.#change({
      method: "PUT",
      url,
      body: JSON.stringify({ ...raw, spec: { ...raw.spec, stopped } }),
    });
  }

  async #change(request: Parameters<Transport["write"]>[0]): Promise<void> {
    const response = await this.#send(request);
    if (!isAccepted(response)) throw uncertainStatementError(response);
  }

  #send(request: Parameters<Transport["write"]>[0]): Promise<HttpResponse> {
    return this.#transport
      .write(request)
      .catch(orUnknownResult("Whether the request was carried out is not known."));
  }

  #urlOf(name: string): string {
    return `${this.#base}/${encodeURIComponent(name)}`;
  }
}
