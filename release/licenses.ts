import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, bundledLibraries, type Library } from "./bundled.ts";

const FILES = /^(licen[cs]e|notice|copying)(\..*)?$/i;

/** The licences of the libraries in a bundle; libraries with the same text are listed together. */
export function licensesOf(bundle: Bundle): string {
  const librariesByText = Map.groupBy(
    bundledLibraries().filter(({ bundles }) => bundles.includes(bundle)),
    textOf,
  );
  const sections = [...librariesByText].map(([text, libraries]) =>
    [...libraries.map(({ name, version, license }) => `${name} ${version} (${license})`), "", text].join(
      "\n",
    ),
  );
  return ["This file belongs to a bundle that contains these libraries.", ...sections].join(
    `\n\n${"-".repeat(80)}\n\n`,
  );
}

function textOf({ folder, name, license }: Library): string {
  const files = readdirSync(folder)
    .filter((file) => FILES.test(file))
    .sort();
  if (files.length === 0) return `${name} has no licence file. Its package.json names ${license}.\n`;
  return files
    .map((file) => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim())
    .join("\n\n");
}
