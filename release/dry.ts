import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { writeRelease } from "./release.ts";

const folder = resolve("dist/release");
writeRelease(folder);
console.log(`Everything that a release has is in ${folder}. Nothing was published.\n`);
console.log(readFileSync(`${folder}/SHA256SUMS`, "utf8"));
