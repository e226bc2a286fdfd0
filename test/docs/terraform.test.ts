import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CONNECTION_TYPES } from "../../src/rotation/credentials/connection-types.ts";
import { codeBlocksOf } from "./markdown.ts";
import provider from "./terraform-provider.json" with { type: "json" };

const PAGE = readFileSync("docs/zero-downtime.md", "utf8");
const HCL = codeBlocksOf(PAGE, "hcl").join("\n");
const { attributes, credentials, blocks, types } = provider.confluent_flink_connection;
const META = ["lifecycle", "provider", "depends_on", "count", "for_each"];

/** The top-level blocks of a text, each with its first line and its body. */
function blocksIn(hcl: string): { head: string; body: string }[] {
  return [...hcl.matchAll(/^(\w[^\n{]*)\{\n([\s\S]*?)^\}/gm)].map(([, head = "", body = ""]) => ({
    head: head.trim(),
    body,
  }));
}

/** The names of the arguments and blocks directly inside a body. */
function namesIn(body: string): string[] {
  return [...body.matchAll(/^ {2}(\w+)\s*(?:=|\{)/gm)].flatMap(([, name]) => name ?? []);
}

function body(head: string): string {
  const found = blocksIn(HCL).find((block) => block.head === head);
  if (found === undefined) throw new Error(`docs/zero-downtime.md has no block ${head}.`);
  return found.body;
}

describe("the Terraform configuration in the documentation", () => {
  it("names the provider version whose schema it was compared with", () => {
    expect(PAGE).toContain(`version ${provider.version} of the provider`);
  });

  it("has only arguments that the provider has", () => {
    const names = namesIn(body('provider "confluent"'));
    expect(names).toHaveLength(7);
    for (const name of names) expect(provider.providerArguments).toContain(name);
  });

  it("has only arguments that the resource has", () => {
    const names = namesIn(body('resource "confluent_flink_connection" "openai"'));
    expect(names).toEqual(expect.arrayContaining(["display_name", "type", "endpoint", "lifecycle"]));
    for (const name of names) expect([...attributes, ...credentials, ...blocks, ...META]).toContain(name);
  });

  it("ignores changes of exactly the resource's credentials", () => {
    const [, list = ""] = /ignore_changes\s*=\s*\[([^\]]*)\]/.exec(HCL) ?? [];
    expect(list.split(",").map((name) => name.trim())).toEqual(credentials);
  });

  it("says how many connection types the resource covers", () => {
    expect(types.filter((type) => CONNECTION_TYPES.has(type))).toHaveLength(types.length);
    expect(PAGE).toContain(`covers ${types.length} of the ${CONNECTION_TYPES.size} connection types`);
  });
});
