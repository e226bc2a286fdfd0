import { writeFileSync } from "node:fs";
import { build } from "esbuild";
import * as z from "zod/mini";
import { connectionsFile } from "./src/config-schema.ts";

const lambda = await build({
  entryPoints: ["src/handler.ts"],
  outfile: "dist/lambda/index.mjs",
  bundle: true,
  minify: true,
  sourcemap: true,
  platform: "node",
  target: "node24",
  format: "esm",
  mainFields: ["module", "main"],
  metafile: true,
  // undici is CommonJS and requires Node's modules; without this, the bundle fails when it is loaded.
  banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
});
writeFileSync("dist/lambda.meta.json", JSON.stringify(lambda.metafile));
writeFileSync(
  "connections.schema.json",
  `${JSON.stringify(z.toJSONSchema(connectionsFile, { io: "input" }), null, 2)}\n`,
);
