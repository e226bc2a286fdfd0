import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../infra/archive.ts";
import { createTemplate } from "../infra/template.ts";
import { writeJson } from "./json.ts";
import { writePackage } from "./package.ts";
import { toSbom } from "./sbom.ts";

/** Writes all files of a release, reproducibly. */
export function writeRelease(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writePackage(folder);
  const { template, archives } = createTemplate({ settings: { config: "connections.example.json" } });
  writeFileSync(join(folder, "template.json"), template);
  for (const { file, content } of archives) writeFileSync(join(folder, file), content);
  writeJson(join(folder, "sbom.cdx.json"), toSbom());
  const sums = readdirSync(folder)
    .sort()
    .map((file) => `${sha256(readFileSync(join(folder, file)))}  ${file}\n`);
  writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
}
