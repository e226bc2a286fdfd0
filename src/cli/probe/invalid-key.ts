import type { Credentials } from "../../rotation/credentials/auth-data.ts";
import { parseJson } from "../../rotation/json.ts";
import { Secret } from "../../rotation/secret.ts";

/** A service may check the format of a key first, so the invalid key has the format of the good one. */
const MASKS = [
  { upper: "X", lower: "x", digit: "0" },
  { upper: "Y", lower: "y", digit: "1" },
] as const;

/** Fields of a service account's key that are not credentials. */
const PUBLIC_FIELD = /^(type|universe_domain)$|_uri$|_url$/;

/**
 * The data of a PUT with the same settings and invented credentials. They share only length and format
 * with the good ones.
 */
export function invalidData({ data, secrets }: Pick<Credentials, "data" | "secrets">): Secret {
  return data.map((json) => {
    const sent: Record<string, string> = JSON.parse(json);
    const entries = Object.entries(sent).map(([key, value]) => {
      const isCredential = secrets.some((secret) => secret.equals(new Secret(value)));
      return [key, isCredential ? invalidValue(value) : value];
    });
    return JSON.stringify(Object.fromEntries(entries));
  });
}

function invalidValue(value: string): string {
  const document = parseJson(value);
  return isDocument(document) ? JSON.stringify(invalidDocument(document)) : masked(value);
}

function invalidDocument(document: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(document).map(([key, value]) => [
      key,
      typeof value === "string" && !PUBLIC_FIELD.test(key) ? masked(value) : value,
    ]),
  );
}

function masked(value: string): string {
  const candidates = MASKS.map((mask) =>
    value.replace(/[\p{L}\p{Nd}]/gu, (character) => maskOf(character, mask)),
  );
  return candidates.find((candidate) => candidate !== value) ?? `${value}x`;
}

function maskOf(character: string, { upper, lower, digit }: (typeof MASKS)[number]): string {
  if (/\p{Nd}/u.test(character)) return digit;
  return /\p{Lu}/u.test(character) ? upper : lower;
}

function isDocument(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
