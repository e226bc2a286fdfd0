import { writeFileSync } from "node:fs";
import { connectionsJsonSchemaText } from "./src/config/json-schema.ts";

/** Writes the JSON Schema that editors use for connections.json. */
writeFileSync("connections.schema.json", connectionsJsonSchemaText());
