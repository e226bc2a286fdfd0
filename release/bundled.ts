import { readFileSync } from "node:fs";
import * as z from "zod";

export const BUNDLES = ["lambda", "fleet", "cli", "cdk"] as const;

export type Bundle = (typeof BUNDLES)[number];

/** A library with at least one file in a bundle. */
export interface Library {
  /** Where it is installed, such as node_modules/undici. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly bundles: readonly Bundle[];
}

const metafile = z.object({
  outputs: z.record(
    z.string(),
    z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) }),
  ),
});
const manifest = z.object({ name: z.string(), version: z.string(), license: z.string() });

const FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The libraries in the bundles, according to the files that esbuild included. */
export function bundledLibraries(): Library[] {
  const bundlesOf = new Map<string, Bundle[]>();
  for (const bundle of BUNDLES)
    for (const folder of foldersIn(bundle)) bundlesOf.set(folder, [...(bundlesOf.get(folder) ?? []), bundle]);
  return [...bundlesOf]
    .map(([folder, bundles]) => ({ folder, ...manifestOf(folder), bundles }))
    .toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
}

function foldersIn(bundle: Bundle): Set<string> {
  const { outputs } = metafile.parse(JSON.parse(readFileSync(`dist/${bundle}.meta.json`, "utf8")));
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return new Set(used.flatMap(([file]) => FOLDER.exec(file)?.[0] ?? []));
}

function manifestOf(folder: string) {
  const { name, version, license } = manifest.parse(
    JSON.parse(readFileSync(`${folder}/package.json`, "utf8")),
  );
  return { name, version, license };
}
