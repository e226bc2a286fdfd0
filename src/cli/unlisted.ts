import type { Config } from "../config/load.ts";
import type { ConnectionState } from "../rotation/connection.ts";
import { counted, firstNames } from "../rotation/wording.ts";
import { PROGRAM } from "./program-name.ts";

const MAX_NAMED = 10;

/** The connections of an environment that exist but are not listed in connections.json. */
export function unlistedConnections(
  { connections }: Pick<Config, "connections">,
  environment: string,
  found: ReadonlyMap<string, ConnectionState>,
): ConnectionState[] {
  const listed = new Set(
    connections.flatMap((each) => (each.environment === environment ? [each.name] : [])),
  );
  return [...found.values()].filter(({ name }) => !listed.has(name));
}

/** Names connections that the rotator does not update; `undefined` if there are none. */
export function unlistedRemark(
  environment: string,
  unlisted: readonly Pick<ConnectionState, "name">[],
): { readonly message: string; readonly nextStep: string } | undefined {
  if (unlisted.length === 0) return undefined;
  const names = unlisted.map(({ name }) => name);
  const [exist, them] = unlisted.length === 1 ? ["exists", "it"] : ["exist", "them"];
  return {
    message: `${counted(unlisted.length, "connection")} ${exist} in ${environment} and connections.json does not list ${them}: ${firstNames(names, MAX_NAMED)}.`,
    nextStep: `The rotator does not update ${them}. "${PROGRAM} discover --merge" adds entries to the file.`,
  };
}
