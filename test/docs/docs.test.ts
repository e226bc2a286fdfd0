import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, extname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { DESCRIPTIONS } from "../../src/config/descriptions.ts";
import { parseConfig } from "../../src/config/load.ts";
import { ERROR_CLASSES } from "../../src/rotation/errors.ts";
import { GENERATED, withParts } from "../tools/docs/generate.ts";
import { anchorsOf, codeBlocksOf, linksOf } from "./markdown.ts";

const DOCUMENTS = globSync("{*.md,{.github,docs,infra,src,test}/**/*.md}");
const MAX_README_LINES = 180;

function read(file: string): string {
  return readFileSync(file, "utf8");
}

/** Why a relative link is dead; empty if it is not. */
function problemOf(document: string, target: string): string[] {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? document : normalize(join(dirname(document), path));
  if (!existsSync(file)) return [`${file} does not exist`];
  if (anchor === undefined || extname(file) !== ".md") return [];
  return anchorsOf(read(file)).has(anchor) ? [] : [`${file} has no heading #${anchor}`];
}

describe("the documentation", () => {
  it("includes the README and every page", () => {
    expect(DOCUMENTS).toEqual(
      expect.arrayContaining(["README.md", ".github/CONTRIBUTING.md", "docs/runbook.md", "infra/README.md"]),
    );
  });

  it.each(DOCUMENTS)("%s has no dead link", (document) => {
    const problems = linksOf(read(document))
      .filter(({ target }) => !/^[a-z]+:/.test(target))
      .flatMap(({ target, line }) =>
        problemOf(document, target).map((problem) => `line ${line}: ${target}: ${problem}`),
      );
    expect(problems).toEqual([]);
  });

  it.each([...GENERATED])("%s is up to date (npm run docs)", (document, parts) => {
    expect(withParts(read(document), parts())).toBe(read(document));
  });

  it.each(Object.entries(DESCRIPTIONS))("has the description of the setting %j", (_, description) => {
    expect(read("docs/configuration.md")).toContain(description);
  });

  it("links every page of docs from the README", () => {
    const linked = linksOf(read("README.md")).map(({ target }) => target.split("#")[0]);
    expect(linked).toEqual(expect.arrayContaining(globSync("docs/*.md")));
  });

  it("has a README of limited length", () => {
    expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(MAX_README_LINES);
  });

  it.each(["terminal", "alert", "dashboard"])(
    "has the picture %s in a light and a dark version (npm run picture)",
    (name) => {
      const svg = read(`.github/${name}.svg`);
      expect(svg).toContain("prefers-color-scheme:dark");
      expect(svg).toMatch(/^<title>.+<\/title>$/m);
    },
  );

  it("shows a refused key in at most 25 lines of 80 characters", () => {
    const lines = [...read(".github/terminal.svg").matchAll(/<text[^>]*>(.*)<\/text>/g)];
    const texts = lines.map(([, spans = ""]) => spans.replaceAll(/<[^>]*>/g, ""));
    expect(texts[0]).toMatch(/^\$ npx \. rotate/);
    expect(texts.length).toBeLessThanOrEqual(25);
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it("explains every error class in the runbook", () => {
    expect([...anchorsOf(read("docs/runbook.md"))]).toEqual(expect.arrayContaining([...ERROR_CLASSES]));
  });

  it.each(["README.md", "docs/configuration.md"])("%s has a configuration that is valid", (document) => {
    const [example = ""] = codeBlocksOf(read(document), "json");
    expect(parseConfig(example, document).connections).not.toHaveLength(0);
  });

  it("uses only existing settings in its examples of single connections", () => {
    const entries = codeBlocksOf(read("docs/configuration.md"), "jsonc").map((block) =>
      block.replaceAll(/\s\/\/.*$/gm, ""),
    );
    const environments = {
      prod: {
        organizationId: "o",
        environmentId: "env-1",
        cloud: "aws",
        region: "us-west-2",
        apiKeySecret: "key",
      },
    };
    const text = JSON.stringify({
      environments,
      connections: entries.map((entry): unknown => JSON.parse(entry)),
    });
    expect(parseConfig(text, "configuration.md").connections).toHaveLength(entries.length);
  });
});
