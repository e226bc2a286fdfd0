import type { Observation } from "./connection.ts";
import { RotationError } from "./errors.ts";
import type { ConnectionsApi } from "./outside.ts";

export const PAGE_SIZE = 100;

/** What was seen of each connection asked for: `undefined` where there is none, an error where it could not be read. */
export type Sight = Observation | RotationError | undefined;

/**
 * Looks at connections with as few requests as there are pages: by LIST while that may still be fewer requests than
 * a GET for each that is not found yet, else by GETs. `onSight` is called once for each name, as soon as it is known.
 * @throws UnauthorizedError and other failures of the LIST; a failing GET is a sight of its own.
 */
export async function observe(
  api: ConnectionsApi,
  names: readonly string[],
  onSight: (name: string, sight: Sight) => void,
): Promise<void> {
  const missing = new Set(names);
  let token: string | undefined;
  for (let pages = 0; missing.size > 1 && pages < names.length; pages += 1) {
    const page = await api.list(token);
    for (const seen of page.connections) if (missing.delete(seen.name)) onSight(seen.name, seen);
    token = page.nextToken;
    if (token === undefined) {
      for (const name of missing) onSight(name, undefined);
      return;
    }
  }
  await Promise.all([...missing].map(async (name) => onSight(name, await getOrError(api, name))));
}

async function getOrError(api: ConnectionsApi, name: string): Promise<Sight> {
  try {
    return await api.get(name);
  } catch (error) {
    if (error instanceof RotationError) return error;
    throw error;
  }
}
