import { connectionsJsonSchema, isSchema, type JsonSchema } from "../../../src/config/json-schema.ts";
import {
  CONNECTION_TYPES,
  type ConnectionType,
  usualSpellings,
} from "../../../src/rotation/credentials/connection-types.ts";

/** The generated parts of docs/configuration.md by marker. */
export function configurationParts(): ReadonlyMap<string, string> {
  return new Map([
    ["settings", SECTIONS.map(([path, title]) => section(title, find(path))).join("\n\n")],
    ["types", typesTable()],
    ["spellings", spellingsTable()],
  ]);
}

/** The heading and the place in the schema of each section of the reference. */
const SECTIONS = [
  [[], "Top level"],
  [["environments", "*"], "environments.*"],
  [["environments", "*", "statements"], "environments.*.statements"],
  [["connections", "[]"], "connections[]"],
  [["rollout"], "rollout"],
  [["timing"], "timing"],
  [["verification"], "verification"],
  [["verification", "statements", "*"], "verification.statements.*"],
] as const;

function find(path: readonly string[]): JsonSchema {
  return path.reduce((schema: JsonSchema, step) => {
    const part =
      step === "*" ? schema.additionalProperties : step === "[]" ? schema.items : schema.properties?.[step];
    if (!isSchema(part)) throw new Error(`The schema has no ${path.join(".")}.`);
    return part;
  }, connectionsJsonSchema());
}

function section(title: string, { description = "", properties = {}, required = [] }: JsonSchema): string {
  const rows = Object.entries(properties).flatMap(([key, property]) => {
    if (!isSchema(property)) throw new Error(`${title}.${key} has no schema.`);
    const initial = required.includes(key) ? "required" : defaultOf(property);
    const parts = hasSection(key) ? [] : partsOf(key, property);
    return [
      row(`\`${key}\``, kindOf(key, property), initial, property.description ?? ""),
      ...parts.map(([path, part]) => row(`\`${path}\``, kindOf(path, part), "", part.description ?? "")),
    ];
  });
  return [
    `### ${title}`,
    "",
    description,
    "",
    ...head("setting", "value", "default", "meaning"),
    ...rows,
  ].join("\n");
}

/** The parts of a setting without its own section, by path. */
function partsOf(path: string, schema: JsonSchema): [string, JsonSchema][] {
  const inside = [schema, ...(schema.anyOf ?? [])]
    .filter(isSchema)
    .flatMap((variant): [string, unknown][] => [
      [`${path}.*`, variant.additionalProperties],
      [`${path}[]`, variant.items],
      ...Object.entries(path.includes("*") ? (variant.properties ?? {}) : {}).map(
        ([key, property]): [string, unknown] => [`${path}.${key}`, property],
      ),
    ]);
  return inside.flatMap(([at, part]) =>
    isSchema(part) && part.description !== undefined
      ? [[at, part] as [string, JsonSchema], ...partsOf(at, part)]
      : [],
  );
}

function hasSection(key: string): boolean {
  return SECTIONS.some(([path]) => path.some((step) => step === key));
}

/** The defaults of a section are in the section's own table. */
function defaultOf({ default: initial, properties }: JsonSchema): string {
  return initial === undefined || properties !== undefined ? "" : code(initial);
}

function kindOf(key: string, { enum: choices, type, anyOf, ...rest }: JsonSchema): string {
  if (SECTIONS.some(([path]) => path[0] === key)) return `[${type}](#${key})`;
  if (choices !== undefined) return choices.map(code).join(", ");
  if (type === "number") return ["number", ...rangeOf(rest)].join(", ");
  if (type !== undefined) return String(type);
  const types = (anyOf ?? []).flatMap((each) => (isSchema(each) ? String(each.type) : []));
  return [...new Set(types)].join(" or ");
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: JsonSchema): string[] {
  return [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`more than ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
  ];
}

/** One row for all types with the same options. */
function typesTable(): string {
  const byOptions = Map.groupBy(CONNECTION_TYPES, ([, type]) => optionsInWords(type));
  const rows = [...byOptions].map(([options, types]) => row(types.map(([name]) => name).join(", "), options));
  return [...head("types", "options"), ...rows].join("\n");
}

function optionsInWords({ groups, optional = [] }: ConnectionType): string {
  const choices = groups.map(({ needs }) => needs.map((option) => `\`${option}\``).join(", "));
  const extra = optional.map((option) => `\`${option}\``).join(", ");
  return `${choices.join(" **or** ")}${extra === "" ? "" : `; optional: ${extra}`}`;
}

function spellingsTable(): string {
  const options = ["api-key", "aws-access-key", "service-key", "username", "token-endpoint"] as const;
  const rows = options.map((option) =>
    row(
      `\`${option}\``,
      usualSpellings(option)
        .map((each) => `\`${each}\``)
        .join(", "),
    ),
  );
  return [...head("option", "found in a JSON secret under"), ...rows].join("\n");
}

function head(...titles: readonly string[]): string[] {
  return [row(...titles), `|${"---|".repeat(titles.length)}`];
}

function row(...cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`;
}

function code(value: unknown): string {
  return `\`${JSON.stringify(value)}\``;
}
