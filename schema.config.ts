import { writeFileSync } from "node:fs";
import { connectionsJsonSchema } from "./src/config/json-schema.ts";

/** Writes the JSON Schema that editors use for connections.json. */
writeFileSync("connections.schema.json", `${JSON.stringify(connectionsJsonSchema(), null, 2)}\n`);
