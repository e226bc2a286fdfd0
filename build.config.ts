import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { BUNDLES } from "./release/bundled.ts";
import { licensesOf } from "./release/licenses.ts";

/** undici's HTTP parser, compressed: a third of the size. */
const PARSER = brotliCompressSync(
  createRequire(import.meta.url)("undici/lib/llhttp/llhttp_simd-wasm.js"),
).toString("base64");

/** Replacements for modules of which the function needs a small part. The first two save loading time, the others only size. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  // The package's entry also loads fetch, WebSocket, caches and mocks.
  undici: `
    import Agent from "undici/lib/dispatcher/agent.js";
    import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
    import EnvHttpProxyAgent from "undici/lib/dispatcher/env-http-proxy-agent.js";
    import connect from "undici/lib/api/api-connect.js";
    import request from "undici/lib/api/api-request.js";
    // A proxy agent calls it.
    Dispatcher.prototype.connect = connect;
    const requestUrl = ({ origin, pathname, search }, { dispatcher, ...options }) =>
      request.call(dispatcher, { ...options, origin, path: pathname + search });
    export { Agent, EnvHttpProxyAgent, requestUrl as request };`,
  // Lambda always passes credentials in environment variables.
  "@aws-sdk/credential-provider-node":
    'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
  "../llhttp/llhttp_simd-wasm.js": `
    module.exports = require("node:zlib").brotliDecompressSync(Buffer.from("${PARSER}", "base64"));`,
  // Never loaded: it is for processors without SIMD.
  "../llhttp/llhttp-wasm.js": "",
  // Never used: adapters/http.ts turns HTTP/2 off.
  "./client-h2.js": "",
  // Never used: request bodies are strings, not forms.
  "../web/fetch/body.js": "",
  "../web/fetch/formdata": "",
  "../web/webidl": "exports.webidl = { is: { FormData: () => false } };",
  // Never used: adapters/proxy.ts refuses SOCKS proxies.
  "./socks5-proxy-agent": "",
  // Never used: no AWS call streams events.
  "@smithy/core/event-streams": "",
};

const replace: Plugin = {
  name: "replace",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path, namespace }) =>
      namespace !== "replacement" && Object.hasOwn(REPLACEMENTS, path)
        ? { path, namespace: "replacement" }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: "replacement" }, ({ path }) => ({
      contents: REPLACEMENTS[path] ?? "",
      resolveDir: import.meta.dirname,
    }));
  },
};

/** Of package.json, the bundles contain only what src/version.ts reads. */
const ownPackage: Plugin = {
  name: "own-package",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]package\.json$/ }, ({ path }) => {
      if (path !== join(import.meta.dirname, "package.json")) return undefined;
      const { version, homepage } = JSON.parse(readFileSync(path, "utf8"));
      return { contents: JSON.stringify({ version, homepage }), loader: "json" };
    });
  },
};

/** The command line loads CDK, and what uses it, only if it is needed. */
const cdkApart: Plugin = {
  name: "cdk-apart",
  setup({ onResolve }) {
    onResolve({ filter: /\/infra\/template\.ts$/ }, () => ({ path: "../cdk/template.js", external: true }));
  },
};

const REQUIRE = 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);';

const shared = {
  bundle: true,
  minify: true,
  sourcemap: true,
  platform: "node",
  // The command line and the sandbox, which starts the function, run on the machine's own Node.
  target: "node22",
  format: "esm",
  mainFields: ["module", "main"],
  metafile: true,
  // undici is CommonJS, and an ES module has no require of its own.
  banner: { js: REQUIRE },
  plugins: [ownPackage],
} as const satisfies BuildOptions;

const lambda = await build({
  ...shared,
  entryPoints: ["src/handler.ts"],
  outfile: "dist/lambda/index.mjs",
  plugins: [replace, ownPackage],
  // With this, undici leaves out its second, experimental parser.
  define: { esbuildDetection: "true" },
});
const fleet = await build({
  ...shared,
  entryPoints: ["src/fleet/handler.ts"],
  outfile: "dist/fleet/index.mjs",
});
const cli = await build({
  ...shared,
  entryPoints: ["src/cli.ts"],
  outfile: "dist/cli/index.mjs",
  banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
  define: { RUNBOOK: JSON.stringify(readFileSync("docs/runbook.md", "utf8")) },
  plugins: [ownPackage, cdkApart],
});
chmodSync("dist/cli/index.mjs", 0o755);

// CommonJS, as CDK is: CommonJS and ES modules can both load it.
const cdk = await build({
  ...shared,
  entryPoints: { index: "infra/rotator.ts", template: "infra/template.ts" },
  outdir: "dist/cdk",
  format: "cjs",
  minify: false,
  sourcemap: false,
  external: ["aws-cdk-lib", "constructs"],
  define: { "import.meta.dirname": "infraFolder" },
  banner: { js: 'const infraFolder=require("node:path").join(__dirname,"../../infra");' },
});
writeFileSync("dist/cdk/package.json", '{"type":"commonjs"}\n');

for (const [name, { metafile }] of Object.entries({ lambda, fleet, cli, cdk }))
  writeFileSync(`dist/${name}.meta.json`, JSON.stringify(metafile));
for (const bundle of BUNDLES) writeFileSync(`dist/${bundle}/LICENSES.txt`, licensesOf(bundle));
