import { UsageError } from "./errors.ts";

/** Reads or writes a file. @throws UsageError with the reason if that is not possible. */
export function accessFile<T>(what: string, access: () => T): T {
  try {
    return access();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`${what} (${code}).`, HINTS[code] ?? "Choose another file or folder.");
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: "Create the folder first, or choose another file.",
  EACCES: "Choose another place, or get the permission to write there.",
};
