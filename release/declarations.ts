import { execFileSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const FOLDER = "dist/cdk/types";
const ENTRY = join(FOLDER, "infra/rotator.d.ts");
const IMPORT = /(?<=from ")(\.[^"]+)\.ts(?=")/g;

/** Writes the declarations of the CDK construct, and of nothing that they do not refer to. */
export function writeDeclarations(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  execFileSync("npx", ["tsc", "--project", "tsconfig.declarations.json"], { stdio: "inherit" });
  const needed = new Set([ENTRY]);
  for (const file of needed) {
    const text = readFileSync(file, "utf8");
    for (const [, path = ""] of text.matchAll(IMPORT)) needed.add(join(dirname(file), `${path}.d.ts`));
    // The compiler keeps the extensions of the sources, which older compilers refuse.
    writeFileSync(file, text.replaceAll(IMPORT, "$1.js"));
  }
  for (const file of globSync(`${FOLDER}/**/*.d.ts`)) if (!needed.has(file)) rmSync(file);
}
