type Json = unknown;

/**
 * True if an event matches according to EventBridge's documented rules: all fields of a pattern must match, with one of their
 * matchers, one element of an event's array, and one branch of `$or`.
 * @throws Error for an unknown matcher.
 */
export function matches(pattern: Json, event: Json): boolean {
  return Object.entries(toObject(pattern)).every(([field, expected]) => {
    if (field === "$or") return toArray(expected).some((branch) => matches(branch, event));
    const actual = toObject(event)[field];
    if (!Array.isArray(expected)) return matches(expected, actual);
    return expected.some((matcher) => matchesLeaf(matcher, actual));
  });
}

function matchesLeaf(matcher: Json, actual: Json): boolean {
  if (typeof matcher !== "object" || matcher === null) return toArray(actual).includes(matcher);
  const [[operator, operand] = [], ...others] = Object.entries(matcher);
  if (others.length === 0 && operator === "exists") {
    return (actual !== undefined && toArray(actual).length > 0) === operand;
  }
  if (others.length === 0 && operator === "prefix" && typeof operand === "string") {
    return toArray(actual).some((value) => typeof value === "string" && value.startsWith(operand));
  }
  throw new Error(`This evaluator does not know the matcher ${JSON.stringify(matcher)}.`);
}

function toObject(value: Json): Record<string, Json> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function toArray(value: Json): Json[] {
  return Array.isArray(value) ? value : [value];
}
