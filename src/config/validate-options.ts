import {
  CONNECTION_TYPES,
  type ConnectionType,
  describeGroups,
  openGroups,
  optionsOf,
  TRANSPORT_TYPES,
} from "../rotation/credentials/connection-types.ts";
import type { ValidationIssue } from "./issues.ts";
import { didYouMean } from "./suggest.ts";

/** A connection's entry, as far as it is valid. */
interface OptionEntry {
  readonly type?: string | undefined;
  readonly fields?: string | Readonly<Record<string, unknown>> | undefined;
  readonly values?: Readonly<Record<string, unknown>> | undefined;
  readonly data?: unknown;
}

/** The issues of an entry's type and options; paths are relative to the entry. */
export function validateOptions(entry: OptionEntry): ValidationIssue[] {
  const { type: name, fields, values, data } = entry;
  if (data !== undefined) {
    return fields === undefined && values === undefined
      ? []
      : [{ path: ["data"], message: "replaces fields and values; give one or the other" }];
  }
  if (name === undefined) return [];
  const type = CONNECTION_TYPES.get(name);
  if (type === undefined) return [{ path: ["type"], message: unknownType(name) }];
  return [...validateNames(name, type, entry), ...validateTransport(values)];
}

function unknownType(name: string): string {
  const known = [...CONNECTION_TYPES.keys()];
  const suggestion = didYouMean(name, known) || `Known types are ${known.join(", ")}.`;
  return `"${name}" is not a known type. ${suggestion} For any other type, list its backend keys under data.`;
}

function validateNames(
  name: string,
  type: ConnectionType,
  { fields = {}, values = {} }: OptionEntry,
): ValidationIssue[] {
  const inFields = typeof fields === "string" ? [fields] : Object.keys(fields);
  const named = [
    ...inFields.map((option) => ({
      option,
      path: typeof fields === "string" ? ["fields"] : ["fields", option],
    })),
    ...Object.keys(values).map((option) => ({ option, path: ["values", option] })),
  ];
  const options: readonly string[] = optionsOf(type);
  const known = named.map(({ option }) => option).filter((option) => options.includes(option));
  const repeated = inFields.filter((option) => Object.hasOwn(values, option));
  return [
    ...named
      .filter(({ option }) => !options.includes(option))
      .map(({ option, path }) => ({ path, message: unknownOption(name, option, options) })),
    ...repeated.map((option) => ({
      path: ["values", option],
      message: `"${option}" is also in fields; give it once`,
    })),
    ...validateGroups(name, type, known),
  ];
}

function unknownOption(type: string, option: string, options: readonly string[]): string {
  const suggestion = didYouMean(option, options) || `It takes ${options.join(", ")}.`;
  return `${type} has no option "${option}". ${suggestion}`;
}

function validateGroups(name: string, type: ConnectionType, options: readonly string[]): ValidationIssue[] {
  if (openGroups(type, options).length > 0) return [];
  const contradiction = [...new Set(options)].join(", ");
  return [
    {
      path: [],
      message: `${contradiction} exclude each other; ${name} needs ${describeGroups(type.groups)}`,
    },
  ];
}

function validateTransport(values: OptionEntry["values"] = {}): ValidationIssue[] {
  const given = values["transport-type"];
  if (typeof given !== "string") return [];
  const transport = given.toUpperCase();
  if (!TRANSPORT_TYPES.some((each) => each === transport)) {
    return [{ path: ["values", "transport-type"], message: `must be ${TRANSPORT_TYPES.join(" or ")}` }];
  }
  return transport === "STREAMABLE_HTTP" && values["sse-endpoint"] !== undefined
    ? [{ path: ["values", "sse-endpoint"], message: "is not allowed with STREAMABLE_HTTP" }]
    : [];
}
