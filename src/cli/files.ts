import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { UsageError } from "./errors.ts";

/** Reads or writes a file. @throws UsageError with the reason if that is not possible. */
export function accessFile<T>(what: string, access: () => T, hint?: string): T {
  try {
    return access();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`${what} (${code}).`, hint ?? HINTS[code] ?? "Choose another file or folder.");
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: "Create the folder first, or choose another file.",
  EACCES: "Choose another place, or get the permission to write there.",
};

/** Called before the work whose result would be lost. @throws UsageError if the folder cannot be written or created. */
export function requireFolder(folder: string): void {
  const place = nearestPlace(folder);
  if (!statSync(place).isDirectory())
    throw new UsageError(`${place} is a file.`, "Give a folder with --out.");
  accessFile(`The folder ${folder} cannot be written`, () => accessSync(place, constants.W_OK));
}

/** `mkdirSync` with `recursive` never returns under /proc, where a folder is missing after its parent has been created. */
export function createFolder(folder: string): void {
  if (existsSync(folder)) return;
  createFolder(dirname(folder));
  mkdirSync(folder);
}

/** @throws UsageError if the folder for temporary files cannot be written. */
export function requireTemporaryFolder(): void {
  const folder = tmpdir();
  const access = () => accessSync(folder, constants.W_OK);
  accessFile(
    `The folder ${folder} for temporary files cannot be written`,
    access,
    "Set TMPDIR to a folder that can be written.",
  );
}

function nearestPlace(path: string): string {
  return existsSync(path) ? path : nearestPlace(dirname(path));
}
