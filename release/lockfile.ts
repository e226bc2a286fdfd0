import { readFileSync } from "node:fs";
import * as z from "zod";

const lockfile = z.object({
  packages: z.record(z.string(), z.object({ integrity: z.string().optional(), dev: z.boolean().optional() })),
});

/** The lock file's entry of each installed library, by folder. */
export function readLockfile(): z.output<typeof lockfile>["packages"] {
  return lockfile.parse(JSON.parse(readFileSync("package-lock.json", "utf8"))).packages;
}
