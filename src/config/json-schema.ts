import * as z from "zod/mini";
import { CONNECTION_TYPES, OPTIONS } from "../rotation/credentials/connection-types.ts";
import { DESCRIPTIONS } from "./descriptions.ts";
import { connectionsFile } from "./schema.ts";

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The JSON Schema of connections.json, with descriptions and with the names that an editor completes. */
export function connectionsJsonSchema(): JsonSchema {
  const { $schema, ...root } = z.toJSONSchema(connectionsFile, { io: "input" });
  return {
    ...($schema !== undefined && { $schema }),
    $id: "urn:flink-connection-rotator:connections",
    title: "connections.json",
    ...described("", annotate(root, "")),
  };
}

/** Adds to a schema's parts what DESCRIPTIONS says of them. `path` is the key in DESCRIPTIONS. */
function annotate(schema: JsonSchema, path: string): JsonSchema {
  const { properties, additionalProperties, items, anyOf } = schema;
  return {
    ...schema,
    ...(properties && { properties: annotateProperties(properties, path) }),
    ...(isSchema(additionalProperties) && { additionalProperties: part(additionalProperties, `${path}.*`) }),
    ...(isSchema(items) && { items: part(items, `${path}[]`) }),
    ...(anyOf && { anyOf: anyOf.map((variant) => (isSchema(variant) ? annotate(variant, path) : variant)) }),
    ...completions(schema, path),
  };
}

function annotateProperties(properties: NonNullable<JsonSchema["properties"]>, path: string) {
  return Object.fromEntries(
    Object.entries(properties).map(([key, property]) => [
      key,
      isSchema(property) ? part(property, path === "" ? key : `${path}.${key}`) : property,
    ]),
  );
}

function part(schema: JsonSchema, path: string): JsonSchema {
  return described(path, annotate(schema, path));
}

function described(path: string, schema: JsonSchema): JsonSchema {
  const description = DESCRIPTIONS[path];
  return description === undefined ? schema : { description, ...schema };
}

/** Types that the rotator does not know are allowed, with `data`; options that it does not know are not. */
function completions(schema: JsonSchema, path: string): JsonSchema {
  if (path === "connections[].type")
    return { anyOf: [{ enum: [...CONNECTION_TYPES.keys()] }, { type: "string" }] };
  if (path !== "connections[].fields" && path !== "connections[].values") return {};
  const names = { enum: Object.keys(OPTIONS) };
  if (schema.propertyNames !== undefined) return { propertyNames: names };
  return schema.type === "string" ? names : {};
}

export function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema);
}
