import { chmodSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { type BuildOptions, build, type Plugin } from "esbuild";

/** What the function is given in place of modules of which it needs a small part; the figures are in the README. */
const LEAN: Readonly<Record<string, string>> = {
  // The package's entry also loads fetch, web sockets, caches and mocks.
  undici: `
    import Agent from "undici/lib/dispatcher/agent.js";
    import request from "undici/lib/api/api-request.js";
    const requestUrl = ({ origin, pathname, search }, { dispatcher, ...options }) =>
      request.call(dispatcher, { ...options, origin, path: pathname + search });
    export { Agent, requestUrl as request };`,
  // For processors without SIMD; Lambda has none.
  "../llhttp/llhttp-wasm.js": "",
  // It speaks HTTP/1.1 alone.
  "./client-h2.js": "",
  // Bodies are texts, never forms.
  "../web/fetch/body.js": "",
  "../web/fetch/formdata": "",
  "../web/webidl": "exports.webidl = { is: { FormData: () => false } };",
  // No call of ours streams events, and what might be loaded later keeps what it shares with the rest from being hoisted.
  "@smithy/core/event-streams": "",
  // Lambda always gives credentials in the environment.
  "@aws-sdk/credential-provider-node":
    'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
};

const lean: Plugin = {
  name: "lean",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path, namespace, kind }) =>
      namespace !== "lean" && (Object.hasOwn(LEAN, path) || (kind !== "require-call" && isBuiltin(path)))
        ? { path, namespace: "lean" }
        : undefined,
    );
    // Imported as a module, each export of Node's is read, WebSocket and standard input too, and what is behind it loaded.
    onLoad({ filter: /.*/, namespace: "lean" }, ({ path }) => ({
      contents: LEAN[path] ?? `module.exports = require("${path}");`,
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
await build({ ...shared, entryPoints: ["src/fleet/handler.ts"], outfile: "dist/fleet/index.mjs" });
await build({
  ...shared,
  entryPoints: ["src/cli.ts"],
  outfile: "dist/cli/index.mjs",
  banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
});
chmodSync("dist/cli/index.mjs", 0o755);
writeFileSync("dist/lambda.meta.json", JSON.stringify(lambda.metafile));
