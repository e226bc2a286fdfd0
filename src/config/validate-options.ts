import {
  CONNECTION_TYPES,
  type ConnectionType,
  describeGroups,
  openGroups,
  optionsOf,
  TRANSPORT_TYPES,
} from "../rotation/credentials/connection-types.ts";

/** What a connection's entry says of its credentials, as far as it can be read. */
export interface OptionEntry {
  readonly type?: string | undefined;
  readonly fields?: string | Readonly<Record<string, unknown>> | undefined;
  readonly values?: Readonly<Record<string, unknown>> | undefined;
  readonly data?: unknown;
}

export interface ValidationIssue {
  /** Below the entry. */
  readonly path: readonly string[];
  readonly message: string;
}

/** What is wrong with the options that an entry names, for its type and with each other. */
export function validateOptions(entry: OptionEntry): ValidationIssue[] {
  const { type: name, fields, values, data } = entry;
  if (data !== undefined) {
    return fields === undefined && values === undefined
      ? []
      : [{ path: ["data"], message: "takes the place of fields and values; give one or the other" }];
  }
  if (name === undefined) return [];
  const type = CONNECTION_TYPES.get(name);
  if (type !== undefined) return [...choiceFaults(name, type, entry), ...transportFaults(values)];
  const known = [...CONNECTION_TYPES.keys()].join(", ");
  return [
    {
      path: ["type"],
      message: `"${name}" is not one of ${known}; for another type, spell its backend keys out under data`,
    },
  ];
}

function choiceFaults(
  name: string,
  type: ConnectionType,
  { fields, values = {} }: OptionEntry,
): ValidationIssue[] {
  const inFields = typeof fields === "string" ? [fields] : Object.keys(fields ?? {});
  const named = [
    ...inFields.map((option) => ({
      option,
      path: typeof fields === "string" ? ["fields"] : ["fields", option],
    })),
    ...Object.keys(values).map((option) => ({ option, path: ["values", option] })),
  ];
  const options: readonly string[] = optionsOf(type);
  const unknown = named.filter(({ option }) => !options.includes(option));
  const known = named.map(({ option }) => option).filter((option) => options.includes(option));
  const twice = inFields.filter((option) => Object.hasOwn(values, option));
  const excluding = openGroups(type, known).length === 0;
  return [
    ...unknown.map(({ option, path }) => ({
      path,
      message: `${name} takes no option "${option}"; it takes ${options.join(", ")}`,
    })),
    ...twice.map((option) => ({
      path: ["values", option],
      message: `"${option}" is also in fields; give it once`,
    })),
    ...(excluding
      ? [
          {
            path: [],
            message: `${[...new Set(known)].join(", ")} exclude each other; ${name} needs ${describeGroups(type.groups)}`,
          },
        ]
      : []),
  ];
}

function transportFaults(values: OptionEntry["values"] = {}): ValidationIssue[] {
  const given = values["transport-type"];
  if (typeof given !== "string") return [];
  const transport = given.toUpperCase();
  if (!TRANSPORT_TYPES.some((each) => each === transport)) {
    return [{ path: ["values", "transport-type"], message: `must be ${TRANSPORT_TYPES.join(" or ")}` }];
  }
  return transport === "STREAMABLE_HTTP" && values["sse-endpoint"] !== undefined
    ? [{ path: ["values", "sse-endpoint"], message: "does not go with STREAMABLE_HTTP" }]
    : [];
}
