import { Redactor } from "../../src/rotation/redact.ts";
import { Secret } from "../../src/rotation/secret.ts";

/** A redactor that knows these secrets. */
export function redactorOf(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(new Secret(secret));
  return redactor;
}

/** Every byte in percent-encoding. */
export const percentEncoded = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
