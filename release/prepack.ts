import { readFileSync, writeFileSync } from "node:fs";
import { writeDeclarations } from "./declarations.ts";
import { toShrinkwrap } from "./shrinkwrap.ts";

writeDeclarations();
// An audit of the installed package then sees the versions that are in the function.
writeFileSync("npm-shrinkwrap.json", toShrinkwrap(readFileSync("package-lock.json", "utf8")));
