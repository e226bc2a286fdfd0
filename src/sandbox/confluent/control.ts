import * as z from "zod";
import { parseJson } from "../../rotation/json.ts";
import type { Environment } from "./api.ts";
import { type Faults, faultRule } from "./faults.ts";
import { errorResponse, jsonResponse, type SandboxResponse } from "./responses.ts";

const settingsChange = z.strictObject({
  environment: z.string(),
  /** Without it, the settings apply to the environment. */
  connection: z.string().optional(),
  settings: z.strictObject({
    latencyMs: z.number().exactOptional(),
    hang: z.boolean().exactOptional(),
    forbidden: z.boolean().exactOptional(),
    world: z.enum(["silent", "credulous", "controller", "prompt"]).exactOptional(),
    timeToReadyMs: z.number().exactOptional(),
    verdictAfterMs: z.number().exactOptional(),
    staleMs: z.number().exactOptional(),
    replicaLagMs: z.number().exactOptional(),
    unreachable: z.boolean().exactOptional(),
    rejectedPhase: z.string().exactOptional(),
    detail: z.string().exactOptional(),
    refusesMetadata: z.literal([400, 409, 412]).exactOptional(),
    htmlOnPut: z.boolean().exactOptional(),
  }),
});

const statementSettingsChange = z.strictObject({
  environment: z.string(),
  settings: z.strictObject({
    forbidden: z.boolean().exactOptional(),
    pendingMs: z.number().exactOptional(),
    runMs: z.number().exactOptional(),
    stopMs: z.number().exactOptional(),
    failure: z.string().exactOptional(),
    refusal: z.string().exactOptional(),
    showsConnections: z.boolean().exactOptional(),
  }),
});

export interface ControlRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** The state behind `/_sandbox/…`. */
interface Controlled {
  readonly environments: ReadonlyMap<string, Environment>;
  readonly faults: Faults;
}

/**
 * The stand-in's own API:
 * - `GET /_sandbox/connections` lists the connections without their data.
 * - `POST /_sandbox/faults` adds a `FaultRule`, `DELETE` clears all.
 * - `POST /_sandbox/settings` applies `{ environment, connection?, settings }`.
 * - `POST /_sandbox/statements` applies `{ environment, settings }` to its statements.
 *
 * @returns `undefined` for other paths.
 */
export function control(
  { environments, faults }: Controlled,
  { method, path, body }: ControlRequest,
  now: number,
): SandboxResponse | undefined {
  switch (path) {
    case "/_sandbox/connections":
      return jsonResponse({ connections: listConnections(environments, now) });
    case "/_sandbox/faults":
      if (method === "DELETE") {
        faults.clear();
        return jsonResponse({});
      }
      return withBody(faultRule, body, (rule) => {
        faults.add(rule);
        return jsonResponse(rule);
      });
    case "/_sandbox/settings":
      return withBody(settingsChange, body, (change) => changeSettings(environments, change));
    case "/_sandbox/statements":
      return withBody(statementSettingsChange, body, ({ environment, settings }) => {
        const stored = environments.get(environment)?.stored;
        if (stored === undefined) return errorResponse(404, "There is no such environment.");
        stored.statements.configure(settings);
        return jsonResponse(settings);
      });
    default:
      return undefined;
  }
}

function withBody<T>(
  schema: z.ZodType<T>,
  body: string,
  respond: (value: T) => SandboxResponse,
): SandboxResponse {
  const { data, error } = schema.safeParse(parseJson(body));
  return error ? errorResponse(400, z.prettifyError(error)) : respond(data);
}

function changeSettings(
  environments: Controlled["environments"],
  { environment, connection, settings }: z.infer<typeof settingsChange>,
): SandboxResponse {
  const stored = environments.get(environment)?.stored;
  const target = connection === undefined ? stored : stored?.find(connection);
  if (target === undefined) return errorResponse(404, "There is no such environment or connection.");
  target.configure(settings);
  return jsonResponse(settings);
}

function listConnections(environments: Controlled["environments"], now: number): readonly object[] {
  return [...environments.values()].flatMap(({ environmentId, stored }) =>
    stored.connections.map((connection) => {
      const { name, phase, readyAt, puts } = connection.inspect(now);
      return { environmentId, name, phase, readyAt, puts: puts.length };
    }),
  );
}
