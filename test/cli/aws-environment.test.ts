import { describe, expect, it } from "vitest";
import { followAwsCli, selectAws } from "../../src/cli/aws-environment.ts";
import { runCli, startCli } from "../support/child.ts";
import { helpTexts } from "../support/help.ts";
import { startOperator } from "../support/operator.ts";

const KEYS = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s" };

describe("the environment variables of the AWS CLI", () => {
  it.each([
    [
      "AWS_DEFAULT_REGION applies without AWS_REGION",
      { AWS_DEFAULT_REGION: "eu-west-1" },
      { AWS_DEFAULT_REGION: "eu-west-1", AWS_REGION: "eu-west-1" },
    ],
    [
      "AWS_REGION wins",
      { AWS_REGION: "a", AWS_DEFAULT_REGION: "b" },
      { AWS_REGION: "a", AWS_DEFAULT_REGION: "b" },
    ],
    ["keys win over AWS_PROFILE", { ...KEYS, AWS_PROFILE: "p" }, KEYS],
    ["AWS_PROFILE applies without keys", { AWS_PROFILE: "p" }, { AWS_PROFILE: "p" }],
    ["nothing is invented", {}, {}],
  ])("%s", (_what, before, after) => {
    const env: NodeJS.ProcessEnv = { ...before };
    followAwsCli(env);
    expect(env).toEqual(after);
  });

  it("apply to the program itself", async () => {
    const { env } = await startOperator({ connections: [{ name: "a", secret: "openai" }] });
    const shell = { ...env, AWS_REGION: "", AWS_DEFAULT_REGION: "us-east-1", AWS_PROFILE: "nobody" };
    const { code, stderr } = await startCli(["status"], shell).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("--profile and --region", () => {
  it.each([
    ["name the region", { region: "eu-west-1" }, { ...KEYS, AWS_REGION: "eu-west-1" }],
    ["win over keys and session in the environment", { profile: "p" }, { AWS_REGION: "a", AWS_PROFILE: "p" }],
    ["change nothing if they are not given", {}, { ...KEYS, AWS_REGION: "a", AWS_SESSION_TOKEN: "t" }],
  ])("%s", (_what, choice, after) => {
    const env: NodeJS.ProcessEnv = {
      ...KEYS,
      AWS_REGION: "a",
      ...("profile" in choice || !("region" in choice) ? { AWS_SESSION_TOKEN: "t" } : {}),
    };
    selectAws(env, choice);
    expect(env).toEqual(after);
  });

  it.each([["status"], ["check"], ["rotate"], ["invoke"], ["probe", "a"]])(
    "are options of %s, whose errors name the profile",
    async (...command) => {
      const { env } = await startOperator({ connections: [{ name: "a", secret: "openai" }] });
      const args = [...command, "--profile", "nobody", "--region", "eu-west-1"];
      const { code, stderr } = await runCli(args, {
        ...env,
        AWS_CONFIG_FILE: "/nowhere",
        AWS_SHARED_CREDENTIALS_FILE: "/nowhere",
        AWS_EC2_METADATA_DISABLED: "true",
      });
      expect(stderr).toMatch(/No AWS credentials were found for profile "nobody"\./);
      expect(code).toBe(2);
    },
  );

  it("replace AWS_REGION", async () => {
    const { env } = await startOperator({ connections: [{ name: "a", secret: "openai" }] });
    const shell = { ...env, AWS_REGION: "", AWS_DEFAULT_REGION: "", AWS_CONFIG_FILE: "/nowhere" };
    const without = await runCli(["status"], shell);
    expect(without.stderr).toContain("No AWS region is set.\nSet AWS_REGION");
    const invalid = await runCli(["status", "--region", "us east"], shell);
    expect(invalid.stderr).toContain(
      'region="us east" is not a valid hostname component.\nCorrect AWS_REGION',
    );
    const { code, stderr } = await runCli(["status", "--region", "us-east-1"], shell);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("do not use discover's --region, which is Confluent's", () => {
    const help = helpTexts().get("discover");
    expect(help).toMatch(/ --region <name> +such as us-west-2\n/);
    expect(help).toMatch(/ --aws-region <name> +the AWS region/);
  });
});
