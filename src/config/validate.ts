import * as z from "zod/mini";
import { type ValidationIssue, validateOptions } from "./validate-options.ts";

const record = z.record(z.string(), z.unknown());

const environment = z.object({
  cloud: z.optional(z.unknown()),
  region: z.optional(z.unknown()),
  restEndpoint: z.optional(z.unknown()),
});

const connection = z.object({
  name: lenient(z.string()),
  environment: lenient(z.string()),
  type: lenient(z.string()),
  fields: lenient(z.union([z.string(), record])),
  values: lenient(record),
  data: z.optional(z.unknown()),
});

/** As much of the file as these checks need, whatever else is wrong with it, so that all faults are named at once. */
const outline = z.catch(
  z.object({
    environments: z.catch(z.record(z.string(), lenient(environment)), {}),
    connections: z.catch(z.array(z.catch(connection, {})), []),
  }),
  { environments: {}, connections: [] },
);

/** The faults that concern several keys or entries: what excludes each other, is there twice, unknown or unused. */
export function validateReferences(json: unknown): string[] {
  const { environments, connections } = outline.parse(json);
  const known = Object.keys(environments);
  const only = known.length === 1 ? known[0] : undefined;
  const used = connections.map((each) => each.environment ?? only);
  return [
    ...Object.entries(environments).flatMap(([name, each]) => addressFaults(name, each)),
    ...connections.flatMap((each, index) =>
      [...environmentFaults(used[index], known), ...validateOptions(each)].map(
        ({ path, message }) => `${[`connections[${index}]`, ...path].join(".")}: ${message}`,
      ),
    ),
    ...known
      .filter((name) => !used.includes(name))
      .map((name) => `environments.${name}: no connection uses it`),
    ...duplicates(connections.map(({ name }, index) => name && JSON.stringify([used[index], name]))),
  ];
}

function lenient<T extends z.ZodMiniType>(schema: T) {
  return z.catch(z.optional(schema), undefined);
}

function addressFaults(name: string, entry: z.output<typeof environment> | undefined): string[] {
  if (entry === undefined) return [];
  const { cloud, region, restEndpoint } = entry;
  const isPlain =
    restEndpoint === undefined
      ? cloud !== undefined && region !== undefined
      : cloud === undefined && region === undefined;
  return isPlain ? [] : [`environments.${name}: needs either cloud and region, or restEndpoint`];
}

function environmentFaults(environment: string | undefined, known: readonly string[]): ValidationIssue[] {
  if (known.length === 0) return [];
  const path = ["environment"];
  if (environment === undefined)
    return [{ path, message: `must be given, since there are several: ${known.join(", ")}` }];
  return known.includes(environment)
    ? []
    : [{ path, message: `"${environment}" is not one of ${known.join(", ")}` }];
}

function duplicates(keys: readonly (string | undefined)[]): string[] {
  const firsts = new Map<string, number>();
  return keys.flatMap((key, index) => {
    if (!key) return [];
    const first = firsts.get(key) ?? index;
    firsts.set(key, first);
    return first < index ? [`connections[${index}]: the same connection as connections[${first}]`] : [];
  });
}
