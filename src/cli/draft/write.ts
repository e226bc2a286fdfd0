import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { connectionsJsonSchemaText } from "../../config/json-schema.ts";
import { UsageError } from "../errors.ts";
import { accessFile } from "../files.ts";
import { createDraft, type Draft, type Given } from "./draft.ts";
import { NOTHING, readExisting } from "./existing.ts";
import type { FoundConnection } from "./found.ts";
import { addEntries, emptyFile } from "./jsonc.ts";

const SCHEMA = "connections.schema.json";

export interface DraftFile {
  readonly text: string;
  readonly draft: Draft;
}

/** A new connections.json. @param schema its `$schema`. */
export function draftFile(found: readonly FoundConnection[], given: Given, schema?: string): DraftFile {
  const draft = createDraft(found, given, NOTHING);
  return { text: addEntries(emptyFile(schema), draft), draft };
}

/** An existing file with the new entries. @throws UsageError if it is not a JSON object. */
export function mergedFile(file: string, found: readonly FoundConnection[], given: Given): DraftFile {
  const text = accessFile(`${file} cannot be read`, () => readFileSync(file, "utf8"));
  const draft = createDraft(found, given, readExisting(text));
  try {
    return { text: addEntries(text, draft), draft };
  } catch {
    throw new UsageError(`${file} is not a JSON object.`, "Nothing was written.");
  }
}

/** Writes the file and, unless the folder has one, its JSON Schema. */
export function writeWithSchema(file: string, found: readonly FoundConnection[], given: Given): DraftFile {
  const result = draftFile(found, given, `./${SCHEMA}`);
  writeDraft(file, result.text);
  const schema = join(dirname(file), SCHEMA);
  if (!existsSync(schema)) writeDraft(schema, connectionsJsonSchemaText());
  return result;
}

/** @throws UsageError if the file cannot be written. */
export function writeDraft(file: string, text: string): void {
  accessFile(`${file} cannot be written`, () => writeFileSync(file, text));
}

/** Called before questions are asked, since their answers would be lost. @throws UsageError if the file cannot be written. */
export function requireWritable(file: string): void {
  const what = `${file} cannot be written`;
  if (accessFile(what, () => statSync(file, { throwIfNoEntry: false })?.isDirectory()))
    throw new UsageError(`${file} is a folder.`, "Give the name of a file in it.");
  const place = existsSync(file) ? file : dirname(file);
  accessFile(what, () => accessSync(place, constants.W_OK));
}
