import * as z from "zod/mini";
import type { StatementState } from "../rotation/statements/api.ts";
import { detailOf } from "./confluent-fault.ts";

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

/**
 * The details of a statement whose provider refuses a connection's key. The first text also appears if the key is valid
 * but lacks access to the model.
 */
const REFUSALS = [
  /Runtime received bad response code 40[13]\b/i,
  /Secrets on CONNECTION have expired or are invalid/i,
  /security token included in the request is (expired|invalid)/i,
];

const PHASE_SHAPE = /^[A-Za-z_]{1,40}$/;
const UNKNOWN_PHASE = "[UNKNOWN PHASE]";

/** Converts a statement for the core; `undefined` for invalid JSON. */
export function toStatementState(json: unknown): StatementState | undefined {
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

/** Only these statements continue where they stopped; the result of a SELECT is lost. */
function isResumable(sql: string, kind: string): boolean {
  return RESUMABLE_KIND.test(kind) || RESUMABLE_TEXT.test(sql.replace(COMMENTS, " "));
}

/** SQL qualifies a connection with catalog and database; the connections API does not. */
function flatName(reference: string): string {
  const quoted = /`([^`]*)`$/.exec(reference)?.[1];
  return quoted ?? reference;
}
