import { describe, expect, it } from "vitest";
import { anchorsOf, codeBlocksOf, linksOf } from "./markdown.ts";

describe("anchorsOf", () => {
  it.each([
    ["# Two Words", "two-words"],
    ["### `data`, and more: the rest", "data-and-more-the-rest"],
    ["## environments.*", "environments"],
    ["## AWS's key – new", "awss-key--new"],
    ["## [A link](https://example.com) in it", "a-link-in-it"],
    ["## snake_case-kept", "snake_case-kept"],
  ])("returns GitHub's anchor for %j", (heading, anchor) => {
    expect([...anchorsOf(heading)]).toEqual([anchor]);
  });

  it("numbers repeated headings and skips comments in code", () => {
    expect([...anchorsOf("# A\n```sh\n# not a heading\n```\n# A\n")]).toEqual(["a", "a-1"]);
  });
});

describe("linksOf", () => {
  it("finds links and images except in code", () => {
    const text = "[a](b.md#c) and ![d](e.svg)\n`[f](g)`\n```\n[h](i)\n```\n[j](#k)";
    expect(linksOf(text)).toEqual([
      { target: "b.md#c", line: 1 },
      { target: "e.svg", line: 1 },
      { target: "#k", line: 6 },
    ]);
  });
});

describe("codeBlocksOf", () => {
  it("finds the code blocks of one language", () => {
    expect(codeBlocksOf("```json\n{}\n```\n```sh\nls\n```\n", "json")).toEqual(["{}\n"]);
  });
});
