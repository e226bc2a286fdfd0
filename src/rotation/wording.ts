/** The first `max` names, and how many more there are, in a list. */
export function nameList(names: readonly string[], max: number): string {
  const more = names.length - max;
  return [...names.slice(0, max), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

/** The same in a sentence. */
export function firstNames(names: readonly string[], max: number): string {
  const more = names.length - max;
  return `${names.slice(0, max).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
