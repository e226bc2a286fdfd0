import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import stripJsonComments from "strip-json-comments";
import { describe, expect, it } from "vitest";
import { connectionsJsonSchema } from "../../src/config/json-schema.ts";
import { Editor } from "./editor.ts";
import { issuesOfText } from "./issues.ts";

/** A file with a fault on each line that ends in a comment. */
const FILE = `{
  "environments": {
    "prod": {
      "organizationId": "",                                                        // environments.prod.organizationId
      "environmentId": "env-1",
      "cloud": "ibm",                                                              // environments.prod.cloud
      "region": "US West",                                                         // environments.prod.region
      "apiKeySecret": "prod/flink key",                                            // environments.prod.apiKeySecret
    },
    "test": { "organizationId": "o", "environmentId": "e", "apiKeySecret": "k" },  // environments.test
  },
  "connections": [
    { "name": "a", "environment": "prod", "secret": "s" },                         // connections[0].type
    { "name": "b", "environment": "test", "type": "OPENAY", "secret": "s" },       // connections[1].type
    { "name": "c", "type": "OPENAI", "secret": "s" },                              // connections[2].environment
    { "name": "..", "environment": "prod", "type": "OPENAI", "secret": "s" },      // connections[3].name
    { "name": "e", "environment": "prod", "type": "OPENAI", "secert": "s",         // connections[4].secert
      "secret": "s", "canary": "yes" },                                            // connections[4].canary
    { "name": "f", "environment": "prod", "type": "OPENAI", "secret": "s",
      "fields": "token" },                                                         // connections[5].fields
    { "name": "g", "environment": "prod", "type": "BEDROCK", "secret": "s",
      "fields": { "api-key": "K" } },                                              // connections[6].fields.api-key
    { "name": "h", "environment": "prod", "type": "REST", "secret": "s",           // connections[7]
      "fields": { "username": "U" }, "values": { "token": "t" } },
    { "name": "i", "environment": "prod", "type": "OPENAI", "secret": "s",
      "fields": "api-key", "values": { "api-key": "k" } },                         // connections[8].values.api-key
    { "name": "j", "environment": "prod", "type": "MCP_SERVER", "secret": "s",
      "values": { "transport-type": "stdio" } },                                   // connections[9].values.transport-type
    { "name": "k", "environment": "prod", "type": "NEW", "secret": "s",
      "data": { "KEY": { "feild": "x" } } },                                       // connections[10].data.KEY
    { "name": "l", "environment": "prod", "type": "NEW", "secret": "s", "fields": "api-key",
      "data": { "KEY": { "field": "x" } } },                                       // connections[11].data
  ],
  "timing": { "readyTimeoutSeconds": 0 },                                          // timing.readyTimeoutSeconds
  "propagationLabel": "AWSCURRENT",                                                // propagationLabel
  "refesh": "always",                                                              // refesh
}
`;

const PLACES = [...FILE.matchAll(/\/\/ (\S+)$/gm)].map(([, place = ""]) => place);

/** The place of a validator's error as `check` writes it; for a union, the union itself instead of its variants. */
function placeOf({ instancePath, params, propertyName }: ErrorObject): string {
  const key: unknown = params["missingProperty"] ?? params["additionalProperty"] ?? propertyName;
  const path = instancePath
    .replaceAll(/\/(\d+)(?=\/|$)/g, "[$1]")
    .replaceAll("/", ".")
    .slice(1);
  const place = [path, ...(key === undefined ? [] : [String(key)])].filter((part) => part !== "").join(".");
  return place.replace(/(\.data\.KEY)\..*$/, "$1");
}

/** The comment at the end of the line with this offset, which is the place of its fault. */
function placeAt(offset: number): string {
  const line = FILE.slice(FILE.lastIndexOf("\n", offset) + 1).split("\n")[0] ?? "";
  return line.split("// ")[1] ?? line;
}

const CURE =
  /is missing|must |needs |Did you mean|It takes|exclude each other; .* needs|give one or the other|give it once/;
const EDITOR_CURE =
  /Missing property|exclusive minimum of 0|must |needs |Valid values|Expected|takes|keys of this object|give one or the other|give it once|Known types/;

describe("a connections.json with twenty faults", () => {
  it("contains twenty faults", () => expect(PLACES).toHaveLength(21));

  it("is reported with every fault, each naming its connection and what to do", () => {
    const issues = issuesOfText(FILE);
    expect(issues.map((issue) => issue.split(/ \(|: /)[0]).toSorted()).toEqual(PLACES.toSorted());
    for (const issue of issues.filter((each) => each.startsWith("connections")))
      expect(issue).toMatch(/^connections\[\d+\]\S* \([a-l.]+\): /);
    for (const issue of issues) expect(issue).toMatch(CURE);
  });

  it("has the same faults according to the JSON Schema", () => {
    const validate = new Ajv2020({ allErrors: true, strict: false }).compile(connectionsJsonSchema());
    validate(JSON.parse(stripJsonComments(FILE, { trailingCommas: true })));
    const errors = (validate.errors ?? []).filter(
      ({ keyword }) => !["if", "propertyNames"].includes(keyword),
    );
    expect([...new Set(errors.map(placeOf))].toSorted()).toEqual(PLACES.toSorted());
  });

  it("has the same faults in VS Code, each with its fix", async () => {
    const diagnostics = await new Editor(FILE).diagnostics();
    expect([...new Set(diagnostics.map(({ offset }) => placeAt(offset)))].toSorted()).toEqual(
      PLACES.toSorted(),
    );
    for (const { message } of diagnostics) expect(message).toMatch(EDITOR_CURE);
  });
});
