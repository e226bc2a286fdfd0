import { writeFileSync } from "node:fs";
import * as z from "zod/mini";
import { connectionsFile } from "./src/config/schema.ts";

/** Writes the JSON Schema that editors use for connections.json. A test holds it and the zod schema together. */
const schema = z.toJSONSchema(connectionsFile, { io: "input" });
writeFileSync("connections.schema.json", `${JSON.stringify(schema, null, 2)}\n`);
