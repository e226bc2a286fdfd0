import { readFileSync, writeFileSync } from "node:fs";
import { GENERATED, withParts } from "./generate.ts";

/** Writes the generated parts of the documentation anew. */
for (const [file, parts] of GENERATED) writeFileSync(file, withParts(readFileSync(file, "utf8"), parts()));
