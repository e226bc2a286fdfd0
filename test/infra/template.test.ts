import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createTemplate, type TemplateOptions } from "../../infra/template.ts";
import { CONNECTIONS } from "./synthesis.ts";

const config = join(mkdtempSync(join(tmpdir(), "rotator-template-")), "connections.json");
writeFileSync(config, JSON.stringify(CONNECTIONS));

const parsedTemplate = z.looseObject({
  Parameters: z.record(z.string(), z.unknown()).optional(),
  Metadata: z.unknown(),
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.unknown().optional() })),
});

function create({ settings }: Partial<TemplateOptions> = {}) {
  const { template, archives, stackName, warnings } = createTemplate({
    settings: { config, ...settings },
  });
  const parsed = parsedTemplate.parse(JSON.parse(template));
  const code = Object.values(parsed.Resources).flatMap(({ Type, Properties }) =>
    Type === "AWS::Lambda::Function" ? [Object(Properties).Code] : [],
  );
  return { template, parsed, archives, stackName, warnings, code };
}

describe("a template without CDK", () => {
  const { parsed, template, archives, code } = create();
  const [archive] = archives;

  it("has only the bucket as a parameter and no rule, condition or metadata of CDK", () => {
    expect(Object.keys(parsed.Parameters ?? {})).toEqual(["CodeBucket"]);
    expect(parsed).not.toHaveProperty("Rules");
    expect(parsed).not.toHaveProperty("Conditions");
    expect(Object.values(parsed.Resources).filter((resource) => "Metadata" in resource)).toEqual([]);
    expect(template).not.toMatch(/aws:cdk|AWS::CDK|cdk-|bootstrap/i);
  });

  it("names the archive after its content, so that changed code is deployed", () => {
    const key = `flink-connection-rotator/${createHash("sha256")
      .update(archive?.content ?? "")
      .digest("hex")}.zip`;
    expect(code).toEqual([{ S3Bucket: { Ref: "CodeBucket" }, S3Key: key }]);
    expect(parsed.Metadata).toMatchObject({ FlinkConnectionRotator: { Code: { "function.zip": key } } });
    writeFileSync(config, JSON.stringify({ ...CONNECTIONS, propagationLabel: "OTHER" }));
    const changed = create();
    writeFileSync(config, JSON.stringify(CONNECTIONS));
    expect(changed.code).not.toEqual(code);
  });

  it("comes with the tested bundle and the configuration", () => {
    const files = unzipSync(archive?.content ?? new Uint8Array());
    expect(Object.keys(files)).toEqual(["LICENSES.txt", "connections.json", "index.mjs", "index.mjs.map"]);
    expect(strFromU8(files["index.mjs"] ?? new Uint8Array())).toBe(
      readFileSync("dist/lambda/index.mjs", "utf8"),
    );
    expect(JSON.parse(strFromU8(files["connections.json"] ?? new Uint8Array()))).toEqual(CONNECTIONS);
  });

  it("is identical to the byte if it is written again, even in another time zone", () => {
    process.env["TZ"] = "Pacific/Auckland";
    const again = create();
    expect(again.template).toBe(template);
    expect(
      Buffer.compare(again.archives[0]?.content ?? Buffer.alloc(0), archive?.content ?? Buffer.alloc(1)),
    ).toBe(0);
  });

  it("has a given bucket instead of the parameter", () => {
    const given = create({ settings: { bucket: "my-code" } });
    expect(given.parsed.Parameters).toBeUndefined();
    expect(given.code).toMatchObject([{ S3Bucket: "my-code" }]);
  });

  it("has a separate archive for the orchestrator's code", () => {
    const fleet = create({ settings: { fleetConcurrency: "2", stackName: "Fleet" } });
    expect(fleet.stackName).toBe("Fleet");
    expect(fleet.warnings).toEqual([expect.stringMatching(/^Nobody receives the alerts/)]);
    expect(fleet.archives.map(({ file }) => file)).toEqual(["function.zip", "orchestrator.zip"]);
    expect(new Set(fleet.code.map(({ S3Key }) => S3Key))).toEqual(
      new Set(fleet.archives.map(({ key }) => key)),
    );
  });

  it("is not written for an unknown setting", () => {
    expect(() => create({ settings: { alertEmial: "ops@example.com" } })).toThrow("alertEmail");
  });
});
