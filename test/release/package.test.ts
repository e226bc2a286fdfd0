import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { bundledLibraries } from "../../release/bundled.ts";
import { readLockfile } from "../../release/lockfile.ts";
import { publishedManifest } from "../../release/manifest.ts";

const packed = z.tuple([z.object({ files: z.array(z.object({ path: z.string() })) })]);
const packageJson = JSON.parse(readFileSync("package.json", "utf8"));

/** The files that `npm pack` would include. Without scripts, which would build while other tests use the build. */
function packedFiles(): string[] {
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ files }] = packed.parse(JSON.parse(output));
  return files.map(({ path }) => path).toSorted();
}

describe("the package", () => {
  it("contains only the command line, both functions, the construct and their documentation", () => {
    const generated = /^dist\/cdk\/types\/.*\.d\.ts$/;
    expect(packedFiles().filter((path) => !generated.test(path))).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "bin/flink-connection-rotator.cjs",
      "connections.example.json",
      "connections.schema.json",
      "dist/cdk/LICENSES.txt",
      "dist/cdk/index.js",
      "dist/cdk/package.json",
      "dist/cdk/template.js",
      "dist/cli/LICENSES.txt",
      "dist/cli/index.mjs",
      "dist/fleet/LICENSES.txt",
      "dist/fleet/index.mjs",
      "dist/fleet/index.mjs.map",
      "dist/lambda/LICENSES.txt",
      "dist/lambda/index.mjs",
      "dist/lambda/index.mjs.map",
      "package.json",
    ]);
  });

  it("exports the construct for CommonJS and ES modules alike", () => {
    expect(packageJson.exports["./cdk"].default).toBe("./dist/cdk/index.js");
    const load = 'console.log(typeof require("flink-connection-rotator/cdk").ConnectionRotator)';
    const asModule =
      'import { ConnectionRotator } from "flink-connection-rotator/cdk"; console.log(typeof ConnectionRotator)';
    const run = (...args: string[]) => execFileSync(process.execPath, args, { encoding: "utf8" }).trim();
    expect(run("--input-type=commonjs", "--eval", load)).toBe("function");
    expect(run("--input-type=module", "--eval", asModule)).toBe("function");
  });

  it("declares every bundled library as a dependency in the bundled version, so that an audit sees it", () => {
    const { dependencies } = publishedManifest();
    expect(Object.entries(dependencies)).toEqual(
      bundledLibraries().map(({ name, version }) => [name, version]),
    );
    expect(Object.keys(dependencies).length).toBeGreaterThan(20);
  });

  it("has neither scripts nor development dependencies", () => {
    const manifest = publishedManifest();
    expect(manifest).not.toHaveProperty("scripts");
    expect(manifest).not.toHaveProperty("devDependencies");
    expect(manifest.dependencies).not.toHaveProperty("aws-cdk-lib");
  });

  it("bundles no development dependencies of the checkout", () => {
    const packages = readLockfile();
    const development = bundledLibraries().filter(({ folder }) => packages[folder]?.dev);
    expect(development).toEqual([]);
  });
});
