import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { writeDeclarations } from "./declarations.ts";
import { writeJson } from "./json.ts";
import { readShrinkwrap } from "./shrinkwrap.ts";

const manifest = z.looseObject({ files: z.array(z.string()) });

/** Files that `npm pack` adds by itself. */
const ALWAYS = ["README.md", "LICENSE"];
const GENERATED = "npm-shrinkwrap.json";

/** Writes the package as it is published: without scripts and without what only the development needs. */
export function writePackage(folder: string): void {
  const staging = mkdtempSync(join(tmpdir(), "rotator-package-"));
  try {
    const {
      scripts: _,
      devDependencies: __,
      allowScripts: ___,
      ...published
    } = manifest.parse(JSON.parse(readFileSync("package.json", "utf8")));
    for (const file of [...published.files, ...ALWAYS])
      if (file !== GENERATED) cpSync(file, join(staging, file), { recursive: true });
    writeDeclarations(join(staging, "dist/cdk/types"));
    writeJson(join(staging, "package.json"), published);
    writeJson(join(staging, GENERATED), readShrinkwrap());
    execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: staging });
  } finally {
    rmSync(staging, { recursive: true });
  }
}
