import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { DESCRIPTIONS } from "../../src/config/descriptions.ts";
import { connectionsJsonSchema, isSchema, type JsonSchema } from "../../src/config/json-schema.ts";

/** The paths of all settings, as DESCRIPTIONS spells them. */
function pathsIn(schema: JsonSchema, path: string): string[] {
  const below = [
    ...Object.entries(schema.properties ?? {}).map(
      ([key, each]) => [path === "" ? key : `${path}.${key}`, each] as const,
    ),
    [`${path}.*`, schema.additionalProperties] as const,
    [`${path}[]`, schema.items] as const,
  ];
  const variants = (schema.anyOf ?? []).flatMap((each) => (isSchema(each) ? pathsIn(each, path) : []));
  const parts = below.flatMap(([at, part]) => (isSchema(part) ? [at, ...pathsIn(part, at)] : []));
  return [...new Set([...parts, ...variants])];
}

describe("connections.schema.json", () => {
  it("is generated from the schema (npm run schema)", () => {
    expect(JSON.parse(readFileSync("connections.schema.json", "utf8"))).toEqual(connectionsJsonSchema());
  });

  it("has an $id and describes every setting", () => {
    const schema = connectionsJsonSchema();
    expect(schema.$id).toMatch(/^urn:/);
    expect(["", ...pathsIn(schema, "")].toSorted()).toEqual(Object.keys(DESCRIPTIONS).toSorted());
  });

  it("completes the types and the options", () => {
    const connection = connectionsJsonSchema().properties?.["connections"];
    expect(connection).toMatchObject({
      items: {
        properties: {
          type: { anyOf: [{ enum: expect.arrayContaining(["OPENAI", "MCP_SERVER"]) }, { type: "string" }] },
          fields: {
            anyOf: [
              { enum: expect.arrayContaining(["api-key"]) },
              { propertyNames: { enum: expect.arrayContaining(["api-key"]) } },
            ],
          },
          values: { propertyNames: { enum: expect.arrayContaining(["transport-type"]) } },
        },
      },
    });
  });

  it("leaves the descriptions out of the function's bundle", () => {
    const metafile = z.object({ inputs: z.record(z.string(), z.unknown()) });
    const { inputs } = metafile.parse(JSON.parse(readFileSync("dist/lambda.meta.json", "utf8")));
    expect(Object.keys(inputs)).toContain("src/config/schema.ts");
    expect(Object.keys(inputs)).not.toContain("src/config/descriptions.ts");
  });
});
