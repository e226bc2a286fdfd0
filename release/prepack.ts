import { writeDeclarations } from "./declarations.ts";

writeDeclarations("dist/cdk/types");
