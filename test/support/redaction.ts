import * as fc from "fast-check";
import { expect } from "vitest";
import { anyCharacter } from "./unicode.ts";

/** Without what the redactor itself writes, and without blanks at its ends, which do not count as part of a secret. */
export const anySecret = (minLength: number) =>
  fc
    .string({ unit: anyCharacter, minLength, maxLength: 60 })
    .map((text) => text.trim())
    .filter((text) => text.length >= minLength && !/[[\]…"{:]/.test(text) && !"redacted".includes(text));

export const anyText = fc.string({ unit: fc.constantFrom(...'aZ09 +/=%\\"{}:.,-_é😀\n') });

const runsOf = (text: string, length: number) =>
  Array.from({ length: Math.max(1, text.length - length + 1) }, (_, at) => text.slice(at, at + length));

export function expectNoRunOf(quoted: string, clean: string): void {
  const shown = clean.toLowerCase();
  expect(runsOf(quoted.toLowerCase(), 12).filter((run) => shown.includes(run))).toEqual([]);
}
