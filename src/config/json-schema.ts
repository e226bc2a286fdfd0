import * as z from "zod/mini";
import { CONNECTION_TYPES, OPTIONS } from "../rotation/credentials/connection-types.ts";
import { DESCRIPTIONS } from "./descriptions.ts";
import { rules } from "./json-schema-rules.ts";
import { connectionsFile } from "./schema.ts";

export type JsonSchema = z.core.JSONSchema.JSONSchema;

interface Notes {
  readonly rules: Readonly<Record<string, JsonSchema>>;
  /** The message by pattern. */
  readonly messages: ReadonlyMap<string, string>;
}

/**
 * The JSON Schema of connections.json with descriptions, completions and the fix for each fault.
 * VS Code reads `errorMessage`, `allowComments` and `allowTrailingCommas`; other editors ignore them.
 */
export function connectionsJsonSchema(): JsonSchema {
  const messages = new Map<string, string>();
  const { $schema, ...root } = z.toJSONSchema(connectionsFile, {
    io: "input",
    override: ({ zodSchema }) => collectMessages(zodSchema, messages),
  });
  return {
    ...($schema !== undefined && { $schema }),
    $id: "urn:flink-connection-rotator:connections",
    title: "connections.json",
    allowComments: true,
    allowTrailingCommas: true,
    ...part(root, "", { rules: rules(), messages }),
  };
}

function collectMessages(schema: z.core.$ZodType, messages: Map<string, string>): void {
  for (const check of schema._zod.def.checks ?? []) {
    if (!(check instanceof z.core.$ZodCheckRegex)) continue;
    const message = REFUSED.flatMap(
      (text) => z.safeParse(z.string().check(check), text).error?.issues[0] ?? [],
    )[0];
    if (message !== undefined) messages.set(check._zod.def.pattern.source, message.message);
  }
}

/** Each pattern of the schema refuses one of these. */
const REFUSED = [" ", "a\n", ".", "AWS"];

/** Adds descriptions, rules and completions to a schema and its parts. `path` is the key in DESCRIPTIONS and in the rules. */
function part(schema: JsonSchema, path: string, notes: Notes): JsonSchema {
  const description = DESCRIPTIONS[path];
  const rule = notes.rules[path];
  return {
    ...(description !== undefined && { description }),
    ...annotate(schema, path, notes),
    ...(rule !== undefined && { allOf: [...(schema.allOf ?? []), rule] }),
  };
}

function annotate(schema: JsonSchema, path: string, notes: Notes): JsonSchema {
  const { properties, additionalProperties, items, anyOf, allOf, pattern = "" } = schema;
  const errorMessage = notes.messages.get(pattern);
  const variants = (all: NonNullable<JsonSchema["anyOf"]>) =>
    all.map((each) => (isSchema(each) ? annotate(each, path, notes) : each));
  return {
    ...schema,
    ...(errorMessage !== undefined && { errorMessage }),
    ...(properties && annotateProperties(properties, path, notes)),
    ...(isSchema(additionalProperties) && {
      additionalProperties: part(additionalProperties, `${path}.*`, notes),
    }),
    ...(isSchema(items) && { items: part(items, `${path}[]`, notes) }),
    ...(anyOf && { anyOf: variants(anyOf) }),
    ...(allOf && { allOf: variants(allOf) }),
    ...completions(schema, path),
  };
}

function annotateProperties(properties: NonNullable<JsonSchema["properties"]>, path: string, notes: Notes) {
  const annotated = Object.entries(properties).map(([key, property]) => [
    key,
    isSchema(property) ? part(property, path === "" ? key : `${path}.${key}`, notes) : property,
  ]);
  return {
    properties: Object.fromEntries(annotated),
    errorMessage: `the keys of this object are ${Object.keys(properties).join(", ")}`,
  };
}

/** Offers names without rejecting others, which the rules do. */
function completions({ type }: JsonSchema, path: string): JsonSchema {
  const names = COMPLETED[path];
  return names !== undefined && type === "string" ? { anyOf: [{ enum: names }, { type: "string" }] } : {};
}

const COMPLETED: Readonly<Record<string, string[]>> = {
  "connections[].type": [...CONNECTION_TYPES.keys()],
  "connections[].fields": Object.keys(OPTIONS),
};

/** The schema as the text of a file. */
export function connectionsJsonSchemaText(): string {
  return `${format(connectionsJsonSchema(), "")}\n`;
}

const LINE_LENGTH = 110;

/** JSON with each object on one line if it fits, and each list of plain values. */
function format(value: unknown, indentation: string): string {
  const line = JSON.stringify(value);
  if (!isNested(value) || line.length + indentation.length <= LINE_LENGTH) return line;
  const inside = `${indentation}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => `${inside}${format(item, inside)}`)
    : Object.entries(value).map(([key, item]) => `${inside}${JSON.stringify(key)}: ${format(item, inside)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${lines.join(",\n")}\n${indentation}${close}`;
}

function isNested(value: unknown): value is object {
  if (Array.isArray(value)) return value.some((item) => typeof item === "object");
  return typeof value === "object" && value !== null;
}

export function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema);
}
