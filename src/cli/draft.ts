import { CONNECTION_TYPES, describeGroups, optionsOf } from "../rotation/credentials/connection-types.ts";

/** A connection that was found in an environment or in Terraform's output. */
export interface FoundConnection {
  readonly name: string;
  readonly type: string;
  readonly endpoint: string;
  readonly organizationId: string;
  readonly environmentId: string;
  readonly restEndpoint?: string;
  /** As Confluent reports it; absent if it was not asked. */
  readonly phase?: string;
}

/** Values from the command line that the found connections may lack. */
export interface Given {
  readonly name: string | undefined;
  readonly restEndpoint: string | undefined;
  readonly apiKeySecret: string | undefined;
}

/** A connections.json draft; values only the operator knows are empty and `check` reports them. */
export function createDraft(found: readonly FoundConnection[], given: Given): object {
  const regions = [
    ...Map.groupBy(found, (each) => `${each.environmentId} ${addressOf(each, given)}`).values(),
  ];
  const named = regions.flatMap((inside) => {
    const [first] = inside;
    return first === undefined ? [] : [{ name: nameOf(first, regions, given), first, inside }];
  });
  return {
    $schema: "./connections.schema.json",
    environments: Object.fromEntries(
      named.map(({ name, first }) => [
        name,
        {
          organizationId: first.organizationId,
          environmentId: first.environmentId,
          ...place(addressOf(first, given)),
          apiKeySecret: given.apiKeySecret ?? "",
        },
      ]),
    ),
    connections: named.flatMap(({ name, inside }) =>
      inside.map((each) => ({
        name: each.name,
        environment: name,
        type: each.type.toUpperCase(),
        endpoint: each.endpoint,
        secret: "",
        ...credentials(each.type.toUpperCase()),
      })),
    ),
  };
}

/** A line for each type whose credentials can be given in several ways. */
export function openChoices(found: readonly FoundConnection[]): string[] {
  const types = new Set(found.map(({ type }) => type.toUpperCase()));
  return [...types].flatMap((name) => {
    const groups = CONNECTION_TYPES.get(name)?.groups ?? [];
    return groups.length > 1 ? [`${name}: keep one of ${describeGroups(groups)}.`] : [];
  });
}

function credentials(type: string): object {
  const known = CONNECTION_TYPES.get(type);
  if (known === undefined) return { data: {} };
  const optional: readonly string[] = known.optional ?? [];
  const required = optionsOf(known).filter((option) => !optional.includes(option));
  return { fields: Object.fromEntries(required.map((option) => [option, ""])) };
}

function addressOf({ restEndpoint }: FoundConnection, given: Given): string {
  return URL.parse(restEndpoint ?? given.restEndpoint ?? "")?.origin ?? "";
}

const PUBLIC_HOST = /^https:\/\/flink\.([a-z0-9-]+)\.(aws|azure|gcp)\.confluent\.cloud$/;

function place(address: string): object {
  const [, region, cloud] = PUBLIC_HOST.exec(address) ?? [];
  return region === undefined ? { restEndpoint: address } : { cloud, region };
}

/** The environment's id, with the host if the environment appears in several regions. */
function nameOf(first: FoundConnection, regions: readonly FoundConnection[][], given: Given): string {
  if (given.name !== undefined && regions.length === 1) return given.name;
  const isUnique = regions.filter(([other]) => other?.environmentId === first.environmentId).length === 1;
  const host = URL.parse(addressOf(first, given))?.host ?? "unknown-host";
  return isUnique ? first.environmentId : `${first.environmentId} ${host}`;
}
