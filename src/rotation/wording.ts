/** The first `max` names, and how many more there are. */
export function nameList(names: readonly string[], max: number): string {
  const more = names.length - max;
  return [...names.slice(0, max), ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
