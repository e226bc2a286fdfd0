import * as z from "zod/mini";
import { baseUrlOf } from "./address.ts";
import type { ValidationIssue } from "./issues.ts";
import { didYouMean } from "./suggest.ts";
import { validateOptions } from "./validate-options.ts";

const record = z.record(z.string(), z.unknown());
const text = orUndefined(z.string());

const environment = z.object({
  organizationId: text,
  environmentId: text,
  cloud: text,
  region: text,
  restEndpoint: text,
});

const connection = z.object({
  name: text,
  environment: text,
  type: text,
  fields: orUndefined(z.union([z.string(), record])),
  values: orUndefined(record),
  data: z.optional(z.unknown()),
  verify: text,
});

/** The parts of the file for these checks. Invalid parts are skipped, so that all issues are reported at once. */
const readableParts = z.catch(
  z.object({
    environments: z.catch(z.record(z.string(), orUndefined(environment)), {}),
    connections: z.catch(z.array(z.catch(connection, {})), []),
    verification: z.catch(z.object({ statements: z.catch(record, {}) }), { statements: {} }),
  }),
  { environments: {}, connections: [], verification: { statements: {} } },
);

type EnvironmentEntry = z.output<typeof environment>;

/** The issues that involve several keys or entries: contradictions, duplicates, unknown names, unused environments. */
export function validateReferences(json: unknown): ValidationIssue[] {
  const { environments, connections, verification } = readableParts.parse(json);
  const known = Object.keys(environments);
  const only = known.length === 1 ? known[0] : undefined;
  const used = connections.map((each) => each.environment ?? only);
  const identities = connections.map(({ name }, index) => name && JSON.stringify([used[index], name]));
  return [
    ...validateEnvironments(environments, used),
    ...connections.flatMap((each, index) =>
      [
        ...validateEnvironmentOf(used[index], known),
        ...validateOptions(each),
        ...validateVerify(each.verify, Object.keys(verification.statements)),
      ].map(({ path, message }) => ({ path: ["connections", index, ...path], message })),
    ),
    ...repeats(identities).map(({ index, first }) => ({
      path: ["connections", index],
      message: `the same connection as connections[${first}]`,
    })),
  ];
}

function validateEnvironments(
  environments: Readonly<Record<string, EnvironmentEntry | undefined>>,
  used: readonly (string | undefined)[],
): ValidationIssue[] {
  const names = Object.keys(environments);
  const unused = used.length === 0 ? [] : names.filter((name) => !used.includes(name));
  return [
    ...Object.entries(environments).flatMap(([name, each]) => validateAddress(name, each)),
    ...unused.map((name) => ({ path: ["environments", name], message: "no connection uses it" })),
    ...repeats(Object.values(environments).map(identityOf)).map(({ index, first }) => ({
      path: ["environments", names[index] ?? ""],
      message: `the same environment as environments.${names[first]}: organization, environment and address are equal`,
    })),
  ];
}

function validateAddress(name: string, entry: EnvironmentEntry | undefined): ValidationIssue[] {
  return entry === undefined || hasAddress(entry)
    ? []
    : [{ path: ["environments", name], message: "needs either cloud and region, or restEndpoint" }];
}

function hasAddress({ cloud, region, restEndpoint }: EnvironmentEntry): boolean {
  return restEndpoint === undefined
    ? cloud !== undefined && region !== undefined
    : cloud === undefined && region === undefined;
}

function identityOf(entry: EnvironmentEntry | undefined): string | undefined {
  if (entry === undefined || !hasAddress(entry)) return undefined;
  const { organizationId, environmentId } = entry;
  const host = URL.parse(baseUrlOf(entry) ?? "")?.host;
  return organizationId && environmentId && host && JSON.stringify([organizationId, environmentId, host]);
}

function validateEnvironmentOf(name: string | undefined, known: readonly string[]): ValidationIssue[] {
  const path = ["environment"];
  const all = known.join(", ");
  if (known.length === 0 || (name !== undefined && known.includes(name))) return [];
  if (name === undefined) return [{ path, message: `is missing: there are several environments (${all})` }];
  return [
    {
      path,
      message: `there is no environment "${name}". ${didYouMean(name, known) || `There are: ${all}.`}`,
    },
  ];
}

function validateVerify(name: string | undefined, known: readonly string[]): ValidationIssue[] {
  if (name === undefined || known.includes(name)) return [];
  const hint =
    known.length === 0
      ? "Describe it under verification.statements."
      : didYouMean(name, known) || `There are: ${known.join(", ")}.`;
  return [{ path: ["verify"], message: `there is no statement "${name}". ${hint}` }];
}

/** The indices of repeated keys, each with the index of the first. */
function repeats(
  keys: readonly (string | undefined)[],
): { readonly index: number; readonly first: number }[] {
  const firsts = new Map<string, number>();
  return keys.flatMap((key, index) => {
    if (!key) return [];
    const first = firsts.get(key) ?? index;
    firsts.set(key, first);
    return first < index ? [{ index, first }] : [];
  });
}

function orUndefined<T extends z.ZodMiniType>(schema: T) {
  return z.catch(z.optional(schema), undefined);
}
