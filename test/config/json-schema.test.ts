import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { DESCRIPTIONS } from "../../src/config/descriptions.ts";
import { connectionsJsonSchema, isSchema, type JsonSchema } from "../../src/config/json-schema.ts";
import { CONNECTION_TYPES } from "../../src/rotation/credentials/connection-types.ts";
import { Editor } from "./editor.ts";

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

  it("is a valid schema, and accepts the example", () => {
    const validate = new Ajv2020({ strict: false }).compile(connectionsJsonSchema());
    validate(JSON.parse(readFileSync("connections.example.json", "utf8")));
    expect(validate.errors).toBeNull();
  });

  it("leaves the descriptions out of the function's bundle", () => {
    const metafile = z.object({ inputs: z.record(z.string(), z.unknown()) });
    const { inputs } = metafile.parse(JSON.parse(readFileSync("dist/lambda.meta.json", "utf8")));
    expect(Object.keys(inputs)).toContain("src/config/schema.ts");
    expect(Object.keys(inputs)).not.toContain("src/config/descriptions.ts");
  });
});

/** A connections.json with this connection. */
function withConnection(entry: string): string {
  const ids = `"organizationId": "o", "environmentId": "e", "cloud": "aws", "region": "us-west-2"`;
  return `{ "environments": { "prod": { ${ids}, "apiKeySecret": "k" } }, "connections": [${entry}] }`;
}

describe("an editor with connections.schema.json", () => {
  it("completes the 19 connection types", async () => {
    expect(await Editor.completions(withConnection('{ "type": "|" }'))).toEqual([...CONNECTION_TYPES.keys()]);
  });

  it.each([
    ['{ "type": "BEDROCK", "fields": { "|" } }', ["aws-access-key", "aws-secret-key", "aws-session-token"]],
    ['{ "type": "REST", "values": { "|" } }', expect.arrayContaining(["token-endpoint", "scope"])],
    ['{ "type": "A2A", "fields": "|" }', expect.arrayContaining(["token", "api-key"])],
    ['{ "type": "MCP_SERVER", "values": { "transport-type": "|" } }', ["SSE", "STREAMABLE_HTTP"]],
    ['{ "|" }', expect.arrayContaining(["name", "type", "secret", "fields", "canary"])],
  ])("completes %s", async (entry, offered) => {
    expect(await Editor.completions(withConnection(entry))).toEqual(offered);
  });

  it("shows the description of a setting", async () => {
    const text = withConnection('{ "name": "a", "type": "OPENAI", "endpoint": "https://e", "secret": "s" }');
    expect(await Editor.hover(text, "endpoint")).toContain("A safeguard");
  });

  it("accepts comments and trailing commas", async () => {
    const text = withConnection('{ "name": "a", /* note */ "type": "OPENAI", "secret": "s", }, // last');
    expect(await new Editor(`// first\n${text.replace("]", "\n]")}`).diagnostics()).toEqual([]);
  });
});
