import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bundledLibraries } from "../../release/bundled.ts";
import { licensesOf } from "../../release/licenses.ts";
import { writeRelease } from "../../release/release.ts";
import { toSbom } from "../../release/sbom.ts";
import { VERSION } from "../../src/version.ts";

function release(): ReadonlyMap<string, Buffer> {
  const folder = join(mkdtempSync(join(tmpdir(), "rotator-release-")), "release");
  writeRelease(folder);
  return new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file))]));
}

describe("a release", () => {
  it("has a package, a template with its code, a bill of materials and checksums, and is reproducible", () => {
    const files = release();
    expect([...files.keys()]).toEqual([
      "SHA256SUMS",
      `flink-connection-rotator-${VERSION}.tgz`,
      "function.zip",
      "sbom.cdx.json",
      "template.json",
    ]);
    const sums = files.get("SHA256SUMS")?.toString().trim().split("\n");
    expect(sums).toEqual(
      [...files]
        .slice(1)
        .map(([file, content]) => `${createHash("sha256").update(content).digest("hex")}  ${file}`),
    );
    expect(release().get("SHA256SUMS")?.toString()).toBe(files.get("SHA256SUMS")?.toString());
  });
});

describe("the bill of materials", () => {
  const { components } = toSbom();

  it("names every bundled library with its version, licence and hash", () => {
    const libraries = bundledLibraries();
    expect(components.map(({ purl }) => purl)).toEqual(
      libraries.map(({ name, version }) => `pkg:npm/${name.replace("@", "%40")}@${version}`),
    );
    for (const component of components)
      expect(component).toMatchObject({
        licenses: [{ expression: expect.any(String) }],
        hashes: [{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
      });
  });

  it("says which bundle contains a library", () => {
    const undici = components.find(({ name }) => name === "undici");
    expect(undici?.properties.map(({ value }) => value)).toEqual(["dist/lambda", "dist/cli"]);
  });

  it("does not contain development dependencies", () => {
    const names = components.map(({ name }) => name);
    for (const name of ["vitest", "esbuild", "aws-cdk-lib", "typescript"]) expect(names).not.toContain(name);
  });
});

describe("the licences next to a bundle", () => {
  it("name each of its libraries with the text of its licence", () => {
    const text = readFileSync("dist/lambda/LICENSES.txt", "utf8");
    expect(text).toBe(licensesOf("lambda"));
    for (const { name, version, bundles } of bundledLibraries())
      if (bundles.includes("lambda")) expect(text).toContain(`${name} ${version} (`);
    expect(text).toContain("Permission is hereby granted, free of charge");
    expect(text).toContain("Apache License");
  });
});
