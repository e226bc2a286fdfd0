import * as z from "zod/mini";

/** As much of the file as these checks need, whatever else is wrong with it, so that all faults are named at once. */
const outline = z.catch(
  z.object({
    environments: z.catch(z.record(z.string(), z.unknown()), {}),
    connections: z.catch(
      z.array(
        z.catch(
          z.object({
            name: z.catch(z.string(), ""),
            environment: z.catch(z.optional(z.string()), undefined),
          }),
          {
            name: "",
          },
        ),
      ),
      [],
    ),
  }),
  { environments: {}, connections: [] },
);

/** The faults that concern several entries: two for one connection, an unknown environment, one that nobody uses. */
export function crossFaults(json: unknown): string[] {
  const { environments, connections } = outline.parse(json);
  const known = Object.keys(environments);
  const only = known.length === 1 ? known[0] : undefined;
  const used = connections.map(({ environment }) => environment ?? only);
  return [
    ...used.flatMap((environment, index) =>
      environmentFault(environment, known).map((fault) => `connections[${index}].environment: ${fault}`),
    ),
    ...known
      .filter((name) => !used.includes(name))
      .map((name) => `environments.${name}: no connection uses it`),
    ...duplicates(
      connections.map(({ name }, index) => (name === "" ? undefined : JSON.stringify([used[index], name]))),
    ),
  ];
}

function environmentFault(environment: string | undefined, known: readonly string[]): string[] {
  if (known.length === 0) return [];
  if (environment === undefined) return [`must be given, since there are several: ${known.join(", ")}`];
  return known.includes(environment) ? [] : [`"${environment}" is not one of ${known.join(", ")}`];
}

function duplicates(keys: readonly (string | undefined)[]): string[] {
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key);
    return key !== undefined && first < index
      ? [`connections[${index}]: the same connection as connections[${first}]`]
      : [];
  });
}
