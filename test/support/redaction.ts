import * as fc from "fast-check";
import { expect } from "vitest";
import { Redactor } from "../../src/rotation/redact.ts";
import { Secret } from "../../src/rotation/secret.ts";
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

/** A redactor that knows these secrets. */
export function redactorOf(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(new Secret(secret));
  return redactor;
}

/** Every byte in percent-encoding. */
export const percentEncoded = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");

/** The secret that Secrets Manager creates for a database. */
export const DATABASE_SECRET = {
  username: "admin",
  password: "N3ver-Shown/2024",
  engine: "postgres",
  host: "orders.cluster-c1a2b3.eu-west-1.rds.amazonaws.com",
  port: 5432,
  dbname: "orders",
};
