import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTemplate } from "../../infra/template.ts";
import { isInstalled } from "./emulator.ts";
import { CONNECTIONS } from "./synthesis.ts";

const FOLDER = "infra/terraform";
const module = globSync(`${FOLDER}/*.tf`)
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");
const documentation = readFileSync(`${FOLDER}/README.md`, "utf8");

const captured = (pattern: RegExp): string[] =>
  [...new Set([...module.matchAll(pattern)].map(([, name = ""]) => name))].sort();

const VARIABLES = captured(/^variable "(\w+)"/gm);

describe("the Terraform module", () => {
  it.skipIf(!isInstalled("terraform"))(
    "is parsed and accepted by terraform fmt (skipped without terraform)",
    () => {
      const { status, stdout } = spawnSync("terraform", ["fmt", "-check", "-diff", FOLDER], {
        encoding: "utf8",
      });
      expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    },
  );

  it("declares, uses and documents the same variables", () => {
    expect(captured(/\bvar\.(\w+)/g)).toEqual(VARIABLES);
    for (const name of VARIABLES) expect(documentation).toContain(`| \`${name}\` |`);
  });

  it("refers to the template's archives, parameter and outputs", () => {
    const config = join(mkdtempSync(join(tmpdir(), "rotator-terraform-")), "connections.json");
    writeFileSync(config, JSON.stringify(CONNECTIONS));
    const { template } = createTemplate({ settings: { config } });
    const { Metadata, Parameters, Outputs } = JSON.parse(template);
    expect(Object.keys(Parameters)).toEqual(["CodeBucket"]);
    expect(Object.keys(Metadata.FlinkConnectionRotator.Code)).toEqual(["function.zip"]);
    const outputs = captured(/\.outputs\["(\w+)"\]/g);
    expect(outputs).toEqual(["AlertTopicArn", "FunctionName", "RoleArn", "Version"]);
    for (const name of outputs) expect(Outputs).toHaveProperty(name);
  });
});
