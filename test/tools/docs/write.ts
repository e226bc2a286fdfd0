import { readFileSync, writeFileSync } from "node:fs";
import { GENERATED, withParts } from "./generate.ts";

/** Rewrites the generated parts of the documentation. */
for (const [file, parts] of GENERATED) writeFileSync(file, withParts(readFileSync(file, "utf8"), parts()));
