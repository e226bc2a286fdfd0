import { type Text, UntrustedText } from "../../src/rotation/untrusted-text.ts";

/** A text as an adapter passes it to the core. */
export function untrusted(text: string): UntrustedText {
  const quoted = UntrustedText.from(text);
  if (quoted === undefined) throw new Error("An empty text is left out.");
  return quoted;
}

/** A value as shown without secrets: texts from outside become strings at any depth. */
export function shown(value: unknown): unknown {
  if (value instanceof UntrustedText) return shownText(value);
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}

export function shownText(text: Text): string {
  const asItIs = (raw: string) => raw;
  return typeof text === "string" ? text : text.redactWith({ redact: asItIs, redactName: asItIs });
}
