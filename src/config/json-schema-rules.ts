import {
  CONNECTION_TYPES,
  type ConnectionType,
  describeGroups,
  OPTIONS,
  optionsOf,
  TRANSPORT_TYPES,
} from "../rotation/credentials/connection-types.ts";
import type { JsonSchema } from "./json-schema.ts";

/** The checks of validate.ts beyond the shape, by path, except those that depend on other entries. */
export function rules(): Readonly<Record<string, JsonSchema>> {
  return {
    "": when(
      property("environments", { minProperties: 2 }),
      property("connections", { items: has("environment") }),
    ),
    environments: { minProperties: 1 },
    "environments.*": required(
      {
        oneOf: [
          allOf(has("cloud", "region"), no("restEndpoint")),
          allOf(has("restEndpoint"), no("cloud"), no("region")),
        ],
      },
      "needs either cloud and region, or restEndpoint",
    ),
    "environments.*.restEndpoint": {
      pattern: String.raw`^(https://[^\s?#@/]+(/[^\s?#]*)?|http://(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(/[^\s?#]*)?)$`,
      errorMessage: "must be an https URL without a query (http only for loopback addresses)",
    },
    "connections[]": allOf(
      when(anyOf(has("fields"), has("values")), property("data", fault(DATA_OR_FIELDS))),
      when(no("data"), allOf(property("type", ofKnownType()), ...optionRules())),
    ),
    "connections[].data": { minProperties: 1 },
    "connections[].values": property("transport-type", {
      anyOf: [{ enum: [...TRANSPORT_TYPES] }, { pattern: `^(${TRANSPORT_TYPES.map(ofAnyCase).join("|")})$` }],
      errorMessage: `must be ${TRANSPORT_TYPES.join(" or ")}`,
    }),
  };
}

const DATA_OR_FIELDS = "replaces fields and values; give one or the other";

function ofKnownType(): JsonSchema {
  const known = [...CONNECTION_TYPES.keys()];
  const errorMessage = `is not a known type. Known types are ${known.join(", ")}. For any other type, list its backend keys under data.`;
  return { enum: known, errorMessage };
}

/** The options of each type, and which of them exclude each other. */
function optionRules(): JsonSchema[] {
  const bySet = Map.groupBy(CONNECTION_TYPES, ([, type]) => JSON.stringify(type));
  const twice = Object.keys(OPTIONS).map((option) =>
    when(
      named("fields", [option]),
      property("values", property(option, fault(`"${option}" is also in fields; give it once`))),
    ),
  );
  const isStreamable = { pattern: `^${ofAnyCase("STREAMABLE_HTTP")}$` };
  const sse = when(
    property("values", allOf(has("transport-type"), property("transport-type", isStreamable))),
    property("values", property("sse-endpoint", fault("is not allowed with STREAMABLE_HTTP"))),
  );
  const each = [...bySet.values()].flatMap((types) => {
    const [, type] = types[0] ?? [];
    return type === undefined ? [] : [when(isOneOf(types.map(([name]) => name)), optionsRule(type))];
  });
  return [...each, ...twice, sse];
}

function optionsRule(type: ConnectionType): JsonSchema {
  const options = optionsOf(type);
  const errorMessage = `no such option. This type takes ${options.join(", ")}.`;
  const known = { enum: [...options], errorMessage };
  return allOf(
    {
      properties: {
        fields: { ...when({ type: "string" }, known), propertyNames: known },
        values: { propertyNames: known },
      },
    },
    ...(type.groups.length > 1 ? [groupsRule(type)] : []),
  );
}

function groupsRule(type: ConnectionType): JsonSchema {
  const fits = type.groups.map(({ needs }): JsonSchema => {
    const own: readonly string[] = [...needs, ...(type.optional ?? [])];
    const others = optionsOf(type).filter((option) => !own.includes(option));
    return { not: anyOf(named("fields", others), named("values", others)) };
  });
  return required(
    { anyOf: fits },
    `options exclude each other; the connection needs ${describeGroups(type.groups)}`,
  );
}

/** `section`, which is "fields" or "values", names one of the options. */
function named(section: string, options: readonly string[]): JsonSchema {
  const isOption: JsonSchema = { enum: [...options] };
  const hasOption: JsonSchema = { type: "object", not: { propertyNames: { not: isOption } } };
  return allOf(has(section), property(section, anyOf(isOption, hasOption)));
}

function isOneOf(types: readonly string[]): JsonSchema {
  return allOf(has("type"), property("type", { enum: [...types] }));
}

function ofAnyCase(word: string): string {
  return word.replaceAll(/[A-Z]/g, (letter) => `[${letter}${letter.toLowerCase()}]`);
}

/** A schema that nothing satisfies. Editors show the message. */
function fault(errorMessage: string): JsonSchema {
  return { not: {}, errorMessage };
}

/** Like `schema`, but a failure is reported here with this message. */
function required(schema: JsonSchema, errorMessage: string): JsonSchema {
  return { not: { not: schema }, errorMessage };
}

function has(...keys: string[]): JsonSchema {
  return { required: keys };
}

function no(key: string): JsonSchema {
  return { not: has(key) };
}

function property(key: string, schema: JsonSchema): JsonSchema {
  return { properties: { [key]: schema } };
}

function allOf(...schemas: JsonSchema[]): JsonSchema {
  return { allOf: schemas };
}

function anyOf(...schemas: JsonSchema[]): JsonSchema {
  return { anyOf: schemas };
}

/** `condition` implies `consequence`. Written without "then", which would make the object look like a promise. */
function when(condition: JsonSchema, consequence: JsonSchema): JsonSchema {
  return { if: { not: condition }, else: consequence };
}
