import { describe, expect, it } from "vitest";
import { alertContext } from "../../src/lambda/alert-context.ts";

const NAME = "FlinkConnectionRotator-Function";

function contextOf(env: Record<string, string> = {}, region = "us-east-1", functionName = NAME) {
  return alertContext(env, {
    functionName,
    invokedFunctionArn: `arn:aws:lambda:${region}:123456789012:function:${functionName}`,
    logGroupName: "Rotator-Logs/a",
    logStreamName: "2026/03/21/[$LATEST]0a1b",
    awsRequestId: "7d1f",
  });
}

describe("the origin of a run in its alert", () => {
  it("has the account, the region and the version", () => {
    expect(contextOf()).toMatchObject({
      account: "123456789012",
      region: "us-east-1",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  it("has a link to the run's log, escaped as CloudWatch's console does", () => {
    expect(contextOf().logUrl).toBe(
      "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/Rotator-Logs$252Fa/log-events/2026$252F03$252F21$252F$255B$2524LATEST$255D0a1b$3FfilterPattern$3D$25227d1f$2522",
    );
  });

  it.each([
    ["cn-north-1", "https://cn-north-1.console.amazonaws.cn/"],
    ["us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/"],
  ])("has a link to the console of the partition in %s", (region, address) => {
    expect(contextOf({}, region).logUrl).toMatch(address);
  });

  it("has the dashboard and the runbook from the environment variables", () => {
    const env = { DASHBOARD_NAME: "my-rotator", RUNBOOK_URL: "https://wiki.example.com/runbook" };
    const { dashboardUrl, runbook } = contextOf(env);
    expect(dashboardUrl).toMatch(/home\?region=us-east-1#dashboards\/dashboard\/my-rotator$/);
    expect(runbook).toBe(env.RUNBOOK_URL);
    expect(contextOf()).not.toHaveProperty("dashboardUrl");
    expect(contextOf().runbook).toBe("docs/runbook.md");
  });

  it("has no link and no region if neither the context nor the environment contains them", () => {
    const context = alertContext({}, { functionName: NAME });
    expect(Object.keys(context).toSorted()).toEqual(["rerun", "runbook", "version"]);
    expect(context.rerun(["prod/a"]).flat().join("\n")).not.toContain("--region");
  });
});

describe("the commands that rotate connections again", () => {
  const commands = (names: readonly string[], functionName = NAME) =>
    contextOf({}, "us-east-1", functionName)
      .rerun(names)
      .map((lines) => lines.join("\n"));

  it("name the function only if it is not the default stack's", () => {
    expect(commands(["prod/a"])[0]).toBe("npx . invoke --region us-east-1 prod/a");
    for (const name of ["Other-Function", "FlinkConnectionRotator-Europe-Function76856677-Xy12"])
      expect(commands(["prod/a"], name)[0]).toBe(`npx . invoke --function ${name} --region us-east-1 prod/a`);
  });

  it("rotate everything if there are more than twenty names", () => {
    const names = Array.from({ length: 21 }, (_, index) => `prod/c${index}`);
    expect(commands(names)[0]).toBe("npx . invoke --region us-east-1");
    expect(commands(names)[1]).toContain("--payload '{}'");
    expect(commands(names.slice(1))[1]).toContain('"prod/c20"]');
  });

  it("quote characters that a shell would interpret", () => {
    const [invoke, aws] = commands(["prod/it's"]);
    expect(invoke).toBe(`npx . invoke --region us-east-1 'prod/it'\\''s'`);
    expect(aws).toContain(`--payload '{"connections":["prod/it'\\''s"]}'`);
  });
});
