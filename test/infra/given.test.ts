import { describe, expect, it } from "vitest";
import { ACCOUNT, CONNECTIONS, ofType, synthesize } from "./synthesis.ts";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/flink/rotator`;
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/team-boundary`;

describe("a given role", () => {
  const { template, resources } = synthesize(CONNECTIONS, { roleArn: ROLE });

  it("becomes the function's role and gets no policy from the stack", () => {
    const [fn] = ofType(resources, "AWS::Lambda::Function");
    expect(fn?.["Role"]).toBe(ROLE);
    expect(template.toJSON()["Outputs"]["RoleArn"].Value).toBe(ROLE);
    const policies = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"].flatMap((type) =>
      ofType(resources, type),
    );
    expect(JSON.stringify(policies)).not.toContain("secretsmanager");
    const roles = ofType(resources, "AWS::IAM::Role").map((role) => JSON.stringify(role));
    expect(roles.filter((role) => role.includes("lambda.amazonaws.com"))).toEqual([]);
  });

  it("may use the key of a new topic", () => {
    expect(JSON.stringify(ofType(resources, "AWS::KMS::Key"))).toContain(ROLE);
  });
});

describe("a permissions boundary", () => {
  it("applies to every role of the stack", () => {
    const { resources } = synthesize(CONNECTIONS, {
      permissionsBoundaryArn: BOUNDARY,
      fleetConcurrency: "2",
    });
    const roles = ofType(resources, "AWS::IAM::Role");
    expect(roles.length).toBeGreaterThan(3);
    for (const role of roles) expect(role["PermissionsBoundary"]).toBe(BOUNDARY);
  });
});

describe("a given bucket", () => {
  it("holds the code, so that CDK's bootstrap is not needed", () => {
    const { template, resources } = synthesize(CONNECTIONS, { bucket: "team-code" });
    expect(template.toJSON()).not.toHaveProperty("Rules");
    expect(template.toJSON()).not.toHaveProperty("Parameters");
    const [fn] = ofType(resources, "AWS::Lambda::Function");
    expect(fn?.["Code"]).toMatchObject({ S3Bucket: "team-code" });
  });
});

describe("a given ARN", () => {
  it.each([
    [{ roleArn: BOUNDARY }, /must be the ARN of a role.*\s+→ at roleArn/],
    [
      { permissionsBoundaryArn: "team-boundary" },
      /must be the ARN of a policy.*\s+→ at permissionsBoundaryArn/,
    ],
  ])("is rejected if it is of another kind: %j", (context, message) => {
    expect(() => synthesize(CONNECTIONS, context)).toThrow(message);
  });
});
