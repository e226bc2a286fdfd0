import type * as z from "zod/mini";
import { type Connection, qualifiedName } from "./connection.ts";
import { EventError } from "./errors.ts";
import type { triggerSchema } from "./report/schema.ts";
import { sameSecret } from "./secret-id.ts";

/** What starts a run. */
export type Trigger = z.output<typeof triggerSchema>;

export function isDryRun(trigger: Trigger): boolean {
  return trigger.kind === "direct" && trigger.dryRun === true;
}

/** The connections of one secret, the one that goes first at the front. */
export interface SecretGroup {
  /** As the first of its connections names it. */
  readonly secret: string;
  readonly connections: readonly Connection[];
  /** True when every connection that is listed for the secret is among them. */
  readonly complete: boolean;
}

/**
 * The connections that a trigger means, by secret.
 * @throws EventError when a direct call names something that is not listed.
 */
export function plan(trigger: Trigger, listed: readonly Connection[]): readonly SecretGroup[] {
  const selected = new Set(select(trigger, listed));
  return bySecret(listed).flatMap((group) => {
    const connections = group.filter((connection) => selected.has(connection));
    const [first] = connections;
    if (first === undefined) return [];
    const canaryFirst = connections.toSorted((a, b) => Number(b.canary) - Number(a.canary));
    return [
      { secret: first.secret, connections: canaryFirst, complete: connections.length === group.length },
    ];
  });
}

function select(trigger: Trigger, listed: readonly Connection[]): readonly Connection[] {
  switch (trigger.kind) {
    case "schedule":
      return listed;
    case "secret-change":
      return listed.filter((connection) => sameSecret(connection.secret, trigger.secret));
    case "direct":
      return selectNamed(trigger, listed);
    case "ignored":
      return [];
  }
}

function selectNamed(
  trigger: Trigger & { kind: "direct" },
  listed: readonly Connection[],
): readonly Connection[] {
  const { connections, secrets } = trigger;
  if (connections === undefined && secrets === undefined) return listed;
  const named = Map.groupBy(listed, ({ name }) => name);
  const qualified = Map.groupBy(listed, qualifiedName);
  const byName = (connections ?? []).flatMap((name) => {
    const found = [...(named.get(name) ?? []), ...(qualified.get(name) ?? [])];
    return found.length > 0 ? found : unknown("connection", name, [...named.keys()]);
  });
  const byId = (secrets ?? []).flatMap((id) => {
    const found = listed.filter(({ secret }) => sameSecret(secret, id));
    const known = listed.map(({ secret }) => secret);
    return found.length > 0 ? found : unknown("secret", id, known);
  });
  return [...byName, ...byId];
}

function unknown(what: string, name: string, known: readonly string[]): never {
  throw new EventError(
    `No ${what} "${name}" is listed in connections.json. Listed: ${[...new Set(known)].join(", ")}.`,
  );
}

/** By the identifier as it is written: a name is our own account's, and an ARN that ends alike may be another's. */
function bySecret(listed: readonly Connection[]): Connection[][] {
  return [...Map.groupBy(listed, (connection) => connection.secret).values()];
}
