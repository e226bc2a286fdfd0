import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDeclarations } from "./declarations.ts";
import { writeJson } from "./json.ts";
import { publishedManifest } from "./manifest.ts";

/** Files that `npm pack` adds by itself. */
const ALWAYS = ["README.md", "LICENSE"];

/** Writes the published package. */
export function writePackage(folder: string): void {
  const staging = mkdtempSync(join(tmpdir(), "rotator-package-"));
  try {
    const manifest = publishedManifest();
    for (const file of [...manifest.files, ...ALWAYS]) cpSync(file, join(staging, file), { recursive: true });
    writeDeclarations(join(staging, "dist/cdk/types"));
    writeJson(join(staging, "package.json"), manifest);
    execFileSync(
      "npm",
      ["pack", "--silent", "--offline", "--no-update-notifier", "--pack-destination", folder],
      { cwd: staging },
    );
  } finally {
    rmSync(staging, { recursive: true });
  }
}
