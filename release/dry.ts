import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { writeRelease } from "./release.ts";

const folder = resolve("dist/release");
writeRelease(folder);
console.log(`All files of the release are in ${folder}. Nothing was published.\n`);
console.log(readFileSync(`${folder}/SHA256SUMS`, "utf8"));
