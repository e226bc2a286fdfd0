import * as z from "zod";

const lockfile = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({ dev: z.boolean().optional(), devOptional: z.boolean().optional() }),
  ),
});

/** The lock file without what only the development needs: it pins every library to the version that is bundled. */
export function toShrinkwrap(lock: string): string {
  const { packages, ...rest } = lockfile.parse(JSON.parse(lock));
  const kept = Object.entries(packages).filter(([, { dev, devOptional }]) => !dev && !devOptional);
  const { devDependencies: _, ...root } = packages[""] ?? {};
  return `${JSON.stringify({ ...rest, packages: { ...Object.fromEntries(kept), "": root } }, null, 2)}\n`;
}
