import { describe, expect, it } from "vitest";
import { followAwsCli } from "../../src/cli/aws-environment.ts";
import { startCli } from "../support/child.ts";
import { startOperator } from "../support/operator.ts";

const KEYS = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s" };

describe("the environment variables of the AWS CLI", () => {
  it.each([
    [
      "AWS_DEFAULT_REGION counts without AWS_REGION",
      { AWS_DEFAULT_REGION: "eu-west-1" },
      { AWS_DEFAULT_REGION: "eu-west-1", AWS_REGION: "eu-west-1" },
    ],
    [
      "AWS_REGION wins",
      { AWS_REGION: "a", AWS_DEFAULT_REGION: "b" },
      { AWS_REGION: "a", AWS_DEFAULT_REGION: "b" },
    ],
    ["keys win over AWS_PROFILE", { ...KEYS, AWS_PROFILE: "p" }, KEYS],
    ["AWS_PROFILE counts without keys", { AWS_PROFILE: "p" }, { AWS_PROFILE: "p" }],
    ["nothing is invented", {}, {}],
  ])("%s", (_what, before, after) => {
    const env: NodeJS.ProcessEnv = { ...before };
    followAwsCli(env);
    expect(env).toEqual(after);
  });

  it("count for the program itself", async () => {
    const { env } = await startOperator({ connections: [{ name: "a", secret: "openai" }] });
    const shell = { ...env, AWS_REGION: "", AWS_DEFAULT_REGION: "us-east-1", AWS_PROFILE: "nobody" };
    const { code, stderr } = await startCli(["status"], shell).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});
