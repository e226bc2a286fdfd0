import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";

/** Readable by everybody, as Lambda requires it, in the place where Unix archivers expect it. */
const ATTRIBUTES = 0o100_644 * 2 ** 16;

/** A folder's files as a ZIP archive. The same files give the same bytes, wherever and whenever. */
export function zipFolder(folder: string): Uint8Array {
  // The local time is written, so this is the same in every time zone.
  const mtime = new Date(1980, 0, 1);
  const files = readdirSync(folder)
    .sort()
    .map((name) => [name, readFileSync(join(folder, name))] as const);
  return zipSync(Object.fromEntries(files), { level: 9, mtime, os: 3, attrs: ATTRIBUTES });
}

export function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
