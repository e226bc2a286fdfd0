import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";

/** Readable by everybody, as Lambda requires, in the position of Unix file modes. */
const ATTRIBUTES = 0o100_644 * 2 ** 16;

/** A folder's files as a reproducible ZIP archive. */
export function zipFolder(folder: string): Uint8Array {
  // The archive contains the local time, which is the same in every time zone for this date.
  const mtime = new Date(1980, 0, 1);
  const files = readdirSync(folder)
    .sort()
    .map((name) => [name, readFileSync(join(folder, name))] as const);
  return zipSync(Object.fromEntries(files), { level: 9, mtime, os: 3, attrs: ATTRIBUTES });
}

export function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
