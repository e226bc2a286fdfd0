import { writeDeclarations } from "./declarations.ts";
import { writeJson } from "./json.ts";
import { readShrinkwrap } from "./shrinkwrap.ts";

writeDeclarations("dist/cdk/types");
// An audit of the installed package then sees the versions that are in the function.
writeJson("npm-shrinkwrap.json", readShrinkwrap());
