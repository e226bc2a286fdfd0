import type { PreparedUpdate } from "./prepare.ts";

/**
 * The updates of one secret by the keys that they send: a secret may hold several keys, and one that works says nothing about the
 * others. Two updates belong together if one sends every key of the other, directly or through a third one.
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

/** True if one update sends every key of the other one; a value that several keys have in common, such as an account, is not enough. */
function sharesKey(a: Pick<PreparedUpdate, "keys">, b: Pick<PreparedUpdate, "keys">): boolean {
  return sendsEveryKeyOf(a, b) || sendsEveryKeyOf(b, a);
}

/** True if `update` sends every key of `other`, whatever else it sends: what speaks against `other` then speaks against both. */
export function sendsEveryKeyOf(
  update: Pick<PreparedUpdate, "keys">,
  other: Pick<PreparedUpdate, "keys">,
): boolean {
  return other.keys.length > 0 && other.keys.every((key) => update.keys.some((sent) => sent.equals(key)));
}
