import { readFileSync } from "node:fs";
import * as z from "zod";
import { bundledLibraries } from "./bundled.ts";

const manifest = z.looseObject({ files: z.array(z.string()) });

/**
 * The package.json of the published package. Its dependencies are all libraries of the bundles in the bundled versions, including
 * transitive ones, so that an audit of the package covers the function. It has no scripts and no development dependencies.
 * @throws Error if two versions of a library are bundled, because npm cannot install both at the top level.
 */
export function publishedManifest() {
  const {
    scripts: _,
    devDependencies: __,
    allowScripts: ___,
    ...published
  } = manifest.parse(JSON.parse(readFileSync("package.json", "utf8")));
  const dependencies: Record<string, string> = {};
  for (const { name, version } of bundledLibraries()) {
    if ((dependencies[name] ?? version) !== version)
      throw new Error(`Two versions of ${name} are bundled: ${dependencies[name]} and ${version}.`);
    dependencies[name] = version;
  }
  return { ...published, dependencies };
}
