import * as z from "zod/mini";
import {
  type ConnectionState,
  type PutRequest,
  phaseKind,
  type UpdateResponse,
} from "../rotation/connection.ts";
import type { ApiKey, ConnectionPage, EnvironmentApi } from "../rotation/dependencies.ts";
import { parseJson } from "../rotation/json.ts";
import { Secret } from "../rotation/secret.ts";
import type { Caller } from "./caller.ts";
import { detailOf, isAccepted, isPage, putError, requestIdOf, responseError } from "./confluent-fault.ts";
import { listSchema, nextTokenOf, pageQuery } from "./confluent-page.ts";
import { ConfluentStatements } from "./confluent-statements.ts";
import type { HttpResponse } from "./http.ts";
import { orUnknownResult } from "./network-error.ts";
import { Transport, type TransportOptions } from "./transport.ts";

interface ConfluentClientOptions extends Omit<TransportOptions, "authorization"> {
  /** Removes known secrets from an unknown phase. */
  readonly redact: (text: string) => string;
  readonly restEndpoint: string;
  readonly organizationId: string;
  readonly environmentId: string;
  /** For whom advice is written; the function by default. */
  readonly caller?: Caller | undefined;
}

const optionalText = z.catch(z.optional(z.string()), undefined);

const connectionSchema = z.object({
  name: z.string(),
  metadata: z.catch(z.object({ resource_version: optionalText, updated_at: optionalText }), {}),
  spec: z.object({ connection_type: z.string(), endpoint: z.catch(z.string(), "") }),
  status: z.catch(z.object({ phase: z.catch(z.string(), ""), detail: z.catch(z.string(), "") }), {
    phase: "",
    detail: "",
  }),
});

/** The Flink API, sql/v1, of one environment. */
export class ConfluentClient implements EnvironmentApi {
  readonly #transport: Transport;
  readonly #statements: ConfluentStatements;
  readonly #base: string;
  /** Position in the list. PUTs are sent in this order, so that connections polled together share few pages. */
  readonly #positions = new Map<string, number>();
  readonly #redact: (text: string) => string;
  readonly #caller: Caller | undefined;

  constructor(options: ConfluentClientOptions, { key, secret }: ApiKey) {
    const [organization, environment] = [options.organizationId, options.environmentId].map(
      encodeURIComponent,
    );
    const authorization = `Basic ${Secret.basic(key, secret).reveal()}`;
    this.#transport = new Transport({ ...options, authorization });
    const base = `${options.restEndpoint}/sql/v1/organizations/${organization}/environments/${environment}`;
    this.#base = `${base}/connections`;
    this.#statements = new ConfluentStatements(this.#transport, `${base}/statements`, {
      organizationId: options.organizationId,
      environmentId: options.environmentId,
    });
    this.#redact = options.redact;
    this.#caller = options.caller;
  }

  get statements(): ConfluentStatements {
    return this.#statements;
  }

  async list(pageToken?: string): Promise<ConnectionPage> {
    const { response, value: page } = await this.#transport.read(
      `${this.#base}?${pageQuery(pageToken)}`,
      ({ body }) => listSchema.safeParse(parseJson(body)).data,
    );
    if (page === undefined) throw responseError(response, this.#caller);
    const connections = page.data.flatMap((each) => this.#toState(each, response) ?? []);
    for (const { name } of connections)
      if (!this.#positions.has(name)) this.#positions.set(name, this.#positions.size);
    return { connections, ...nextTokenOf(page) };
  }

  async get(name: string): Promise<ConnectionState | undefined> {
    const { response, value: state } = await this.#transport.read(this.#urlOf(name), (read) =>
      this.#toState(parseJson(read.body), read),
    );
    if (state === undefined && (response.status !== 404 || isPage(response)))
      throw responseError(response, this.#caller);
    return state;
  }

  async put({ name, connectionType, endpoint, resourceVersion, data }: PutRequest): Promise<UpdateResponse> {
    const body = JSON.stringify({
      name,
      // Confluent's own clients omit `metadata`.
      ...(resourceVersion !== undefined && { metadata: { resource_version: resourceVersion } }),
      spec: {
        connection_type: connectionType,
        endpoint,
        auth_data: { kind: "PlaintextProvider", data: data.reveal() },
      },
    });
    const response = await this.#transport
      .write({ method: "PUT", url: this.#urlOf(name), body }, this.#positions.get(name))
      .catch(orUnknownResult("Whether the PUT was applied is not known."));
    if (!isAccepted(response)) throw putError(response);
    return { httpStatus: response.status, ...requestIdOf(response) };
  }

  #urlOf(name: string): string {
    return `${this.#base}/${encodeURIComponent(name)}`;
  }

  #toState(json: unknown, response: HttpResponse): ConnectionState | undefined {
    const { data } = connectionSchema.safeParse(json);
    if (data === undefined) return undefined;
    const { name, metadata, spec, status } = data;
    const updatedAt = Date.parse(metadata.updated_at ?? "");
    return {
      name,
      connectionType: spec.connection_type,
      endpoint: spec.endpoint,
      phase: this.#phase(status.phase.trim()),
      ...detailOf(status.detail),
      httpStatus: response.status,
      ...requestIdOf(response),
      ...(metadata.resource_version && { resourceVersion: metadata.resource_version }),
      ...(!Number.isNaN(updatedAt) && { updatedAt }),
    };
  }

  /** Known phases are never redacted. An unknown one is shown if it looks like a phase. */
  #phase(word: string): string {
    if (phaseKind(word) !== "pending") return word.toUpperCase();
    return PHASE_SHAPE.test(word) && this.#redact(word) === word ? word.toUpperCase() : UNKNOWN_PHASE;
  }
}

const UNKNOWN_PHASE = "[unknown phase]";
const PHASE_SHAPE = /^(?=.{1,40}$)\p{L}+(?:[_ -]\p{L}+)*(?:[_ -]?\d{1,2})?$/u;
