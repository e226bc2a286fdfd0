import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTemplate } from "../../infra/template.ts";
import { bundledLibraries } from "../../release/bundled.ts";
import { publishedManifest } from "../../release/manifest.ts";
import { createReport } from "../../src/rotation/report/report.ts";
import { reportSchema } from "../../src/rotation/report/schema.ts";
import { CONNECTIONS } from "../infra/synthesis.ts";
import { outcome } from "../support/builders.ts";

describe("a release", () => {
  it("row 84: changes the template even if only a value in connections.json has changed", () => {
    const config = join(mkdtempSync(join(tmpdir(), "rotator-release-")), "connections.json");
    const templateFor = (connections: object): string => {
      writeFileSync(config, JSON.stringify(connections));
      return createTemplate({ settings: { config } }).template;
    };
    const before = templateFor(CONNECTIONS);
    expect(templateFor({ ...CONNECTIONS, timing: { graceSeconds: 60 } })).not.toBe(before);
    expect(templateFor(CONNECTIONS)).toBe(before);
  });

  it("row 85: lets an audit of the package see the library versions in the function", () => {
    const { dependencies } = publishedManifest();
    const inFunction = bundledLibraries().filter(({ bundles }) => bundles.includes("lambda"));
    expect(inFunction).not.toEqual([]);
    for (const { name, version } of inFunction) expect(dependencies[name]).toBe(version);
  });

  it.each([
    ["an older one without a version", { version: undefined }],
    ["a newer one with unknown fields", { version: "9.0.0", region: "us-west-2" }],
  ])("row 86: reads the report of another version: %s", (_, difference) => {
    const report = createReport([outcome({ name: "a" })], {
      trigger: { kind: "schedule" },
      startedAt: 0,
      endedAt: 1,
      requests: 2,
    });
    const received: unknown = JSON.parse(JSON.stringify({ ...report, ...difference }));
    expect(reportSchema.safeParse(received).data).toMatchObject({ outcome: "succeeded", requests: 2 });
  });
});
