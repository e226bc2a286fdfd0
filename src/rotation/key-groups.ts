import type { PreparedUpdate } from "./prepare.ts";

/**
 * The updates of one secret by the keys that they send: a secret may hold several keys, and one that works says nothing about the
 * others. Two updates belong together if they share a key, directly or through a third one.
 */
export function groupByKey<Update extends Pick<PreparedUpdate, "keys">>(
  updates: readonly Update[],
): readonly (readonly Update[])[] {
  let groups: Update[][] = [];
  for (const update of updates) {
    const same = groups.filter((group) => group.some((other) => sharesKey(update, other)));
    groups = [...groups.filter((group) => !same.includes(group)), [...same.flat(), update]];
  }
  return groups;
}

function sharesKey(a: Pick<PreparedUpdate, "keys">, b: Pick<PreparedUpdate, "keys">): boolean {
  return a.keys.some((key) => b.keys.some((other) => key.equals(other)));
}
