import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { linksOf } from "./markdown.ts";

const FOLDER = "test/catalogue";

/** The rows in names of tests, each with its test files. */
function testedRows(): ReadonlyMap<string, readonly string[]> {
  const pairs = globSync(`${FOLDER}/*.test.ts`).flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/["'`]row (\d+):/g)].map(([, row = ""]) => [row, file] as const),
  );
  const byRow = Map.groupBy(pairs, ([row]) => row);
  return new Map([...byRow].map(([row, all]) => [row, namesOf(all.map(([, file]) => file))]));
}

/** The rows of the table in the README, each with its linked files. */
function listedRows(): ReadonlyMap<string, readonly string[]> {
  const rows = readFileSync(`${FOLDER}/README.md`, "utf8").matchAll(/^\| (\d+) \|.*$/gm);
  return new Map(
    [...rows].map(([line, row = ""]) => [row, namesOf(linksOf(line).map(({ target }) => target))]),
  );
}

function namesOf(files: readonly string[]): readonly string[] {
  return [...new Set(files.map((file) => basename(file)))].sort();
}

describe("the failure catalogue", () => {
  it("lists every tested row with its test files", () => {
    expect(Object.fromEntries(listedRows())).toEqual(Object.fromEntries(testedRows()));
  });
});
