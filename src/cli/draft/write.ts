import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { connectionsJsonSchemaText } from "../../config/json-schema.ts";
import { UsageError } from "../errors.ts";
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
  const text = readFileSync(file, "utf8");
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
  const schema = join(dirname(file), SCHEMA);
  if (!existsSync(schema)) writeFileSync(schema, connectionsJsonSchemaText());
  writeFileSync(file, result.text);
  return result;
}
