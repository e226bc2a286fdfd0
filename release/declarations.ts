import { execFileSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const IMPORT = /(?<=from ")(\.[^"]+)\.ts(?=")/g;

/** Writes the declarations of the CDK construct and everything that they refer to. */
export function writeDeclarations(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  execFileSync("npx", ["tsc", "--project", "tsconfig.declarations.json", "--outDir", folder]);
  const needed = new Set([join(folder, "infra/rotator.d.ts")]);
  for (const file of needed) {
    const text = readFileSync(file, "utf8");
    for (const [, path = ""] of text.matchAll(IMPORT)) needed.add(join(dirname(file), `${path}.d.ts`));
    // The compiler keeps the sources' extensions, which older compilers reject.
    writeFileSync(file, text.replaceAll(IMPORT, "$1.js"));
  }
  for (const file of globSync(`${folder}/**/*.d.ts`)) if (!needed.has(file)) rmSync(file);
}
