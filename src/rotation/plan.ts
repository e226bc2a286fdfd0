import type * as z from "zod/mini";
import { type Connection, qualifiedName } from "./connection.ts";
import { EventError } from "./errors.ts";
import type { triggerSchema } from "./report/schema.ts";
import { type AwsScope, possibleNames, sameSecret, scopeOf } from "./secret-id.ts";
import { printable } from "./untrusted-text.ts";

/** Longer names from an event are cut in messages. */
const MAX_NAME_LENGTH = 200;

/** There may be more names than a log line or a message should contain. */
const MAX_NAMES = 100;

/** What starts a run. */
export type Trigger = z.output<typeof triggerSchema>;

/** The trigger with at most a hundred connections and secrets. */
export function abbreviated(trigger: Trigger): Trigger {
  if (trigger.kind !== "direct") return trigger;
  const { connections, secrets } = trigger;
  return {
    ...trigger,
    ...(connections && { connections: firstOf(connections) }),
    ...(secrets && { secrets: firstOf(secrets) }),
  };
}

function firstOf(names: readonly string[]): string[] {
  const rest = names.length - MAX_NAMES;
  const first = names.slice(0, MAX_NAMES).map((name) => printable(name, MAX_NAME_LENGTH));
  return [...first, ...(rest > 0 ? [`and ${rest} more`] : [])];
}

export function isDryRun(trigger: Trigger): boolean {
  return trigger.kind === "direct" && trigger.dryRun === true;
}

/** True for a run that looks at every listed connection. */
export function coversEverything(trigger: Trigger): boolean {
  if (trigger.kind === "schedule") return true;
  return trigger.kind === "direct" && trigger.connections === undefined && trigger.secrets === undefined;
}

/** False for a dry run, and for a direct call that turns the alert off because its caller reads the report. */
export function wantsAlert(trigger: Trigger): boolean {
  return !isDryRun(trigger) && !(trigger.kind === "direct" && trigger.alert === false);
}

/** The connections of one secret; the canary comes first. */
export interface SecretGroup {
  /** As the first of its connections names it. */
  readonly secret: string;
  readonly connections: readonly Connection[];
  /** False if a connection that is listed for the secret, under any name of it, is not included. */
  readonly complete: boolean;
}

/**
 * The connections that a trigger selects, grouped by the text that names their secret. Only Secrets Manager knows which
 * texts name the same secret, so `mergeByArn` joins the groups after the secrets are read.
 * @param own the account and region that bare names belong to.
 * @throws EventError if a direct call names something that is not listed.
 */
export function plan(
  trigger: Trigger,
  listed: readonly Connection[],
  own?: AwsScope,
): readonly SecretGroup[] {
  const selected = new Set(select(trigger, listed, own));
  const included = listed.filter((connection) => selected.has(connection));
  const others = listed.filter((connection) => !selected.has(connection));
  const leftOut = [...new Set(others.map(({ secret }) => secret))];
  return [...Map.groupBy(included, ({ secret }) => secret)].map(([secret, connections]) => ({
    secret,
    connections: canaryFirst(connections),
    complete: !leftOut.some((other) => sameSecret(other, secret, own)),
  }));
}

/** Puts groups together that may have the same secret under different names. Most groups are alone. */
export function relatedGroups(groups: readonly SecretGroup[]): readonly (readonly SecretGroup[])[] {
  const byName = new Map<string, Set<SecretGroup>>();
  const all = new Set<Set<SecretGroup>>();
  for (const group of groups) {
    const names = possibleNames(group.secret);
    const related = new Set([...names.flatMap((name) => [...(byName.get(name) ?? [])]), group]);
    for (const name of names) all.delete(byName.get(name) ?? related);
    for (const each of related) for (const name of possibleNames(each.secret)) byName.set(name, related);
    all.add(related);
  }
  return [...all].map((related) => [...related]);
}

/**
 * Joins groups whose secrets have the same ARN, so that a secret with several names has one canary and one label.
 * @param arnOf the ARN, or `undefined` if it is not known.
 */
export function mergeByArn<Group extends SecretGroup>(
  groups: readonly Group[],
  arnOf: (group: Group) => string | undefined,
): readonly Group[] {
  const byArn = Map.groupBy(groups, (group) => arnOf(group) ?? group);
  return [...byArn.values()].map((same) => same.reduce(merged));
}

function merged<Group extends SecretGroup>(first: Group, other: Group): Group {
  const connections = canaryFirst([...first.connections, ...other.connections]);
  return { ...first, connections, complete: first.complete && other.complete };
}

/**
 * Turns the trigger into an ignored one if an event is about a secret of another account or region and only its bare name
 * is listed, which means the secret of the function's own account and region.
 */
export function ignoreForeign(
  trigger: Trigger,
  listed: readonly Connection[],
  own: AwsScope | undefined,
): Trigger {
  if (trigger.kind !== "secret-change" || own === undefined) return trigger;
  const { secret } = trigger;
  const place = scopeOf(secret);
  const isListed = listed.some((connection) => sameSecret(connection.secret, secret, own));
  const namesake = listed.find((connection) => sameSecret(connection.secret, secret));
  if (place === undefined || isListed || namesake === undefined) return trigger;
  const reason = `the secret belongs to ${describe(place)}, and ${namesake.secret} in connections.json means the secret of ${describe(own)}`;
  return { kind: "ignored", reason, secret };
}

function describe({ account, region }: AwsScope): string {
  return `account ${account} in ${region}`;
}

/** If no connection is the `canary`, one with a verification statement goes first, since it shows more. */
function canaryFirst(connections: readonly Connection[]): readonly Connection[] {
  const rank = ({ canary, verify }: Connection): number => (canary ? 2 : Number(verify !== undefined));
  return connections.toSorted((a, b) => rank(b) - rank(a));
}

function select(
  trigger: Trigger,
  listed: readonly Connection[],
  own: AwsScope | undefined,
): readonly Connection[] {
  switch (trigger.kind) {
    case "schedule":
      return listed;
    case "secret-change":
      return listed.filter((connection) => sameSecret(connection.secret, trigger.secret, own));
    case "direct":
      return selectNamed(trigger, listed, own);
    case "ignored":
      return [];
  }
}

function selectNamed(
  trigger: Trigger & { kind: "direct" },
  listed: readonly Connection[],
  own: AwsScope | undefined,
): readonly Connection[] {
  const { connections, secrets } = trigger;
  if (connections === undefined && secrets === undefined) return listed;
  const named = Map.groupBy(listed, ({ name }) => name);
  const qualified = Map.groupBy(listed, qualifiedName);
  const byName = (connections ?? []).flatMap((name) => {
    const found = [...(named.get(name) ?? []), ...(qualified.get(name) ?? [])];
    return found.length > 0 ? found : notListed("connection", name, [...named.keys()]);
  });
  const byId = (secrets ?? []).flatMap((id) => {
    const found = listed.filter(({ secret }) => sameSecret(secret, id, own));
    const known = listed.map(({ secret }) => secret);
    return found.length > 0 ? found : notListed("secret", id, known);
  });
  return [...byName, ...byId];
}

function notListed(what: string, name: string, known: readonly string[]): never {
  const listed = firstOf([...new Set(known)]).join(", ");
  throw new EventError(
    `No ${what} "${printable(name, MAX_NAME_LENGTH)}" is listed in connections.json. Listed: ${listed}.`,
  );
}
