import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createTemplate } from "../../infra/template.ts";
import { VERSION } from "../../src/version.ts";
import { hasEmulator, openEmulator } from "./emulator.ts";
import { CONNECTIONS, REGION } from "./synthesis.ts";

const LOCATION = `<CreateBucketConfiguration><LocationConstraint>${REGION}</LocationConstraint></CreateBucketConfiguration>`;

describe("template.json and function.zip", () => {
  it.skipIf(!hasEmulator)(
    "suffice for a deployment into an AWS emulator (skipped without moto_server or AWS_ENDPOINT_URL)",
    async () => {
      const config = join(mkdtempSync(join(tmpdir(), "rotator-template-")), "connections.json");
      writeFileSync(config, JSON.stringify(CONNECTIONS));
      const { template, archives } = createTemplate({ settings: { config } });
      const [{ key, content } = { key: "", content: new Uint8Array() }] = archives;
      await using emulator = await openEmulator();
      const cloudFormation = (action: string, parameters: Record<string, string> = {}) =>
        emulator.call("cloudformation", {
          body: new URLSearchParams({
            Action: action,
            Version: "2010-05-15",
            StackName: "FromFiles",
            ...parameters,
          }),
        });

      await emulator.call("s3", { path: "/any-bucket", method: "PUT", body: LOCATION });
      await emulator.call("s3", { path: `/any-bucket/${key}`, method: "PUT", body: Buffer.from(content) });
      await cloudFormation("CreateStack", {
        TemplateBody: template,
        "Parameters.member.1.ParameterKey": "CodeBucket",
        "Parameters.member.1.ParameterValue": "any-bucket",
        "Capabilities.member.1": "CAPABILITY_IAM",
      });

      const stack = await cloudFormation("DescribeStacks");
      expect(stack).toContain("<StackStatus>CREATE_COMPLETE</StackStatus>");
      expect(stack).toContain(`<OutputValue>${VERSION}</OutputValue>`);
      const listed = await emulator.call("lambda", { method: "GET", path: "/2015-03-31/functions/" });
      expect(JSON.parse(listed).Functions).toMatchObject([
        {
          Description: expect.stringContaining(VERSION),
          CodeSha256: createHash("sha256").update(content).digest("base64"),
        },
      ]);
      await cloudFormation("DeleteStack");
      await expect(cloudFormation("DescribeStacks")).rejects.toThrow("does not exist");
    },
  );
});
