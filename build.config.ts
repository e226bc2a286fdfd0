import { chmodSync, writeFileSync } from "node:fs";
import { type BuildOptions, build, type Plugin } from "esbuild";

/** What the function is given in place of modules of which it needs a small part; the figures are in the README. */
const LEAN: Readonly<Record<string, string>> = {
  // The package's entry also loads fetch, web sockets, caches and mocks.
  undici: `
    import Agent from "undici/lib/dispatcher/agent.js";
    import request from "undici/lib/api/api-request.js";
    const requestUrl = (url, { dispatcher, ...options }) => {
      const { origin, pathname, search } = new URL(url);
      return request.call(dispatcher, { ...options, origin, path: pathname + search });
    };
    export { Agent, requestUrl as request };`,
  // For processors without SIMD; Lambda has none.
  "../llhttp/llhttp-wasm.js": "",
  // Lambda always gives credentials in the environment.
  "@aws-sdk/credential-provider-node":
    'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
  // Imported as a module, each of its exports is read, WebSocket too, and Node loads its own undici for that.
  "node:http": 'module.exports = require("node:http");',
};

const lean: Plugin = {
  name: "lean",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path, namespace }) =>
      namespace !== "lean" && Object.hasOwn(LEAN, path) ? { path, namespace: "lean" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "lean" }, ({ path }) => ({
      contents: LEAN[path] ?? "",
      resolveDir: import.meta.dirname,
    }));
  },
};

const REQUIRE = 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);';

const shared = {
  bundle: true,
  minify: true,
  sourcemap: true,
  platform: "node",
  target: "node24",
  format: "esm",
  mainFields: ["module", "main"],
  metafile: true,
  // undici is CommonJS and requires Node's modules; without this, the bundle fails when it is loaded.
  banner: { js: REQUIRE },
} as const satisfies BuildOptions;

const lambda = await build({
  ...shared,
  entryPoints: ["src/handler.ts"],
  outfile: "dist/lambda/index.mjs",
  plugins: [lean],
  // undici's own switch for a bundle without its second, experimental parser.
  define: { esbuildDetection: "true" },
});
await build({ ...shared, entryPoints: ["src/fleet.ts"], outfile: "dist/fleet/index.mjs" });
await build({
  ...shared,
  entryPoints: ["src/cli.ts"],
  outfile: "dist/cli/index.mjs",
  banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
});
chmodSync("dist/cli/index.mjs", 0o755);
writeFileSync("dist/lambda.meta.json", JSON.stringify(lambda.metafile));
