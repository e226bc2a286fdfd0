import { CONNECTION_TYPES } from "../../rotation/credentials/connection-types.ts";
import type { Existing } from "./existing.ts";
import { type FoundConnection, originOf, type SecretChoice } from "./found.ts";

/** Values from the command line that the found connections may lack. */
export interface Given {
  readonly name?: string | undefined;
  readonly restEndpoint?: string | undefined;
  readonly apiKeySecret?: string | undefined;
  /** By connection name. */
  readonly secrets?: ReadonlyMap<string, SecretChoice>;
}

/** An entry of connections.json. Incomplete entries are written as comments. */
export interface DraftEntry {
  readonly name: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** The settings that only the operator knows. */
  readonly missing: readonly string[];
  readonly isActive: boolean;
}

export interface Draft {
  readonly environments: readonly DraftEntry[];
  readonly connections: readonly DraftEntry[];
  /** How many of the found connections were already listed. */
  readonly listed: number;
}

/** The connections of one environment in one region. */
interface Region {
  readonly name: string;
  readonly isListed: boolean;
  readonly first: FoundConnection;
  readonly origin: string;
  readonly connections: readonly FoundConnection[];
}

/** The entries to add to a connections.json. */
export function createDraft(found: readonly FoundConnection[], given: Given, existing: Existing): Draft {
  const regions = regionsOf(found, given, existing);
  const all = regions.flatMap((region) => {
    const environment = environmentEntry(region, given);
    const isComplete = region.isListed
      ? existing.active.environments.has(region.name)
      : environment.missing.length === 0;
    return region.connections.map((each) => connectionEntry(each, { region, isComplete, given }));
  });
  const added = uniqueById(all).filter(({ id }) => !existing.connections.has(id));
  const used = new Set(added.flatMap(({ isActive, environment }) => (isActive ? [environment] : [])));
  const isEmpty = used.size === 0 && existing.active.connections.size === 0;
  const environments = regions
    .filter(({ isListed, name }) => !isListed && added.some(({ environment }) => environment === name))
    .map((region) => environmentEntry(region, given))
    .map((entry) => ({
      ...entry,
      isActive: entry.missing.length === 0 && (isEmpty || used.has(entry.name)),
    }));
  return { environments, connections: added, listed: all.length - added.length };
}

function uniqueById<T extends { readonly id: string }>(entries: readonly T[]): T[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}

function regionsOf(found: readonly FoundConnection[], given: Given, existing: Existing): Region[] {
  const groups = [...Map.groupBy(found, (each) => `${each.environmentId} ${origin(each, given)}`).values()];
  const names = new Set(existing.environments.map(({ name }) => name));
  return groups.flatMap((connections): Region[] => {
    const [first] = connections;
    if (first === undefined) return [];
    const region = { first, origin: origin(first, given), connections };
    const listed = existing.environments.find(
      (each) =>
        each.environmentId === first.environmentId &&
        (first.organizationId === "" || each.organizationId === first.organizationId) &&
        (region.origin === "" || each.origin === region.origin),
    );
    if (listed !== undefined) return [{ ...region, name: listed.name, isListed: true }];
    const name = unusedName(nameOf(first, groups, given), names);
    names.add(name);
    return [{ ...region, name, isListed: false }];
  });
}

function origin({ restEndpoint }: FoundConnection, given: Given): string {
  return originOf({ restEndpoint: restEndpoint ?? given.restEndpoint });
}

const PUBLIC_HOST = /^https:\/\/flink\.([a-z0-9-]+)\.(aws|azure|gcp)\.confluent\.cloud$/;

/** The environment's id, with the region if the environment appears in several. */
function nameOf(first: FoundConnection, groups: readonly FoundConnection[][], given: Given): string {
  if (given.name !== undefined && groups.length === 1) return given.name;
  const id = first.environmentId || "environment";
  if (groups.filter(([other]) => other?.environmentId === first.environmentId).length === 1) return id;
  const address = origin(first, given);
  const place = PUBLIC_HOST.exec(address)?.[1] ?? URL.parse(address)?.host ?? "unknown-region";
  return `${id}-${place}`;
}

function unusedName(name: string, used: ReadonlySet<string>): string {
  let candidate = name;
  for (let number = 2; used.has(candidate); number += 1) candidate = `${name}-${number}`;
  return candidate;
}

function environmentEntry(
  { name, first, origin: address }: Region,
  given: Given,
): Omit<DraftEntry, "isActive"> {
  const [, region, cloud] = PUBLIC_HOST.exec(address) ?? [];
  const place =
    region !== undefined || address === ""
      ? { cloud: cloud ?? "", region: region ?? "" }
      : { restEndpoint: address };
  const { organizationId, environmentId } = first;
  const value = { organizationId, environmentId, ...place, apiKeySecret: given.apiKeySecret ?? "" };
  return { name, value, missing: emptyKeys(value) };
}

function connectionEntry(
  { name, type, endpoint }: FoundConnection,
  { region, isComplete, given }: { region: Region; isComplete: boolean; given: Given },
): DraftEntry & { readonly id: string; readonly environment: string } {
  const chosen: SecretChoice = given.secrets?.get(name) ?? { secret: "" };
  const known = CONNECTION_TYPES.has(type.toUpperCase());
  const value = {
    name,
    environment: region.name,
    type: type.toUpperCase(),
    ...(endpoint && { endpoint }),
    ...chosen,
    ...(!known && { data: {} }),
  };
  const missing = [...emptyKeys(value), ...(known ? [] : ["data"])];
  const isActive = isComplete && missing.length === 0;
  return { id: `${region.name}/${name}`, name, environment: region.name, value, missing, isActive };
}

function emptyKeys(value: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(value).filter((key) => value[key] === "");
}
