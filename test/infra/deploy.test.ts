import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Emulator, hasEmulator, isInstalled, openEmulator } from "./emulator.ts";
import { CONNECTIONS, REGION, type Synthesis, synthesize } from "./synthesis.ts";

const VPC = { vpcId: "vpc-0a1b2c3d", subnetIds: "subnet-0a1b2c3d" };
const EMPTY_ZIP = Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)]);

/** Does what `cdk bootstrap` does and uploads what `cdk deploy` uploads. */
async function bootstrap(emulator: Emulator, { resources }: Synthesis): Promise<void> {
  const identity = await emulator.call("sts", {
    body: new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" }),
  });
  const bucket = `cdk-hnb659fds-assets-${/<Account>(\d+)</.exec(identity)?.[1]}-${REGION}`;
  const code = Object.values(resources).find(({ Type }) => Type === "AWS::Lambda::Function")?.Properties[
    "Code"
  ];
  await emulator.call("s3", {
    path: `/${bucket}`,
    method: "PUT",
    body: `<CreateBucketConfiguration><LocationConstraint>${REGION}</LocationConstraint></CreateBucketConfiguration>`,
  });
  await emulator.call("s3", { path: `/${bucket}/${Object(code).S3Key}`, method: "PUT", body: EMPTY_ZIP });
  await emulator.call("ssm", {
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.PutParameter" },
    body: JSON.stringify({ Name: "/cdk-bootstrap/hnb659fds/version", Value: "30", Type: "String" }),
  });
}

const cloudFormation = (emulator: Emulator, action: string, parameters: Record<string, string>) =>
  emulator.call("cloudformation", {
    body: new URLSearchParams({ Action: action, Version: "2010-05-15", StackName: "Rotator", ...parameters }),
  });

describe("the synthesized template", () => {
  it.skipIf(!hasEmulator)(
    "creates and deletes its stack in an AWS emulator (skipped without moto_server or AWS_ENDPOINT_URL)",
    async () => {
      const synthesis = synthesize(CONNECTIONS, { alertEmail: "ops@example.com", cloudTrailEvents: "true" });
      await using emulator = await openEmulator();
      await bootstrap(emulator, synthesis);

      await cloudFormation(emulator, "CreateStack", {
        TemplateBody: JSON.stringify(synthesis.template.toJSON()),
        "Capabilities.member.1": "CAPABILITY_IAM",
      });
      const stack = await cloudFormation(emulator, "DescribeStacks", {});
      const resources = await cloudFormation(emulator, "DescribeStackResources", {});
      expect(stack).toContain("<StackStatus>CREATE_COMPLETE</StackStatus>");
      expect(stack).toMatch(/<OutputKey>FunctionName<\/OutputKey>/);
      for (const type of [
        "Lambda::Function",
        "IAM::Role",
        "SNS::Topic",
        "KMS::Key",
        "Events::Rule",
        "SQS::Queue",
      ]) {
        expect(resources).toContain(`<ResourceType>AWS::${type}</ResourceType>`);
      }

      const functions = await emulator.call("lambda", { method: "GET", path: "/2015-03-31/functions/" });
      expect(JSON.parse(functions).Functions).toEqual([
        expect.objectContaining({
          Runtime: "nodejs24.x",
          Environment: {
            Variables: expect.objectContaining({
              ALERT_TOPIC_ARN: expect.stringMatching(`^arn:aws:sns:${REGION}:\\d{12}:`),
            }),
          },
        }),
      ]);

      await cloudFormation(emulator, "DeleteStack", {});
      await expect(cloudFormation(emulator, "DescribeStacks", {})).rejects.toThrow("does not exist");
    },
  );

  it.skipIf(!isInstalled("cfn-lint"))("passes cfn-lint (skipped if that is not installed)", () => {
    const { template, folder } = synthesize(CONNECTIONS, { ...VPC, cloudTrailEvents: "true" });
    const file = join(folder, "template.json");
    writeFileSync(file, JSON.stringify(template.toJSON()));
    // CDK makes the function depend on its role and the role's policy; W3005 reports the first one as superfluous.
    const lint = spawnSync("cfn-lint", ["--ignore-checks", "W3005", "--", file], { encoding: "utf8" });
    expect(lint.stdout + lint.stderr).toBe("");
    expect(lint.status).toBe(0);
  });
});
