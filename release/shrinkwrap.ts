import { readFileSync } from "node:fs";
import * as z from "zod";

const lockfile = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({
      integrity: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
});

/** The lock file without what only the development needs: it pins every library to the version that is bundled. */
export function readShrinkwrap(): z.output<typeof lockfile> {
  const { packages, ...rest } = lockfile.parse(JSON.parse(readFileSync("package-lock.json", "utf8")));
  const kept = Object.entries(packages).filter(([, { dev, devOptional }]) => !dev && !devOptional);
  const { devDependencies: _, ...root } = packages[""] ?? {};
  return { ...rest, packages: { ...Object.fromEntries(kept), "": root } };
}
