import type { Context } from "aws-lambda";
import type { AlertContext } from "../rotation/alert/alert.ts";
import { regionOption, shellQuote } from "../rotation/shell.ts";
import { VERSION } from "../version.ts";
import { functionScope } from "./trigger.ts";

/** More names would make the command too long to copy. */
const MAX_NAMES = 20;

/** As `npx . invoke` finds it. A stack whose name only begins like this has another hyphen. */
const IN_DEFAULT_STACK = /^FlinkConnectionRotator-[^-]+(-[^-]+)?$/;
const DEFAULT_RUNBOOK = "docs/runbook.md";

type Env = Readonly<Record<string, string | undefined>>;
/** What an alert says about an invocation. The sandbox knows only the name of the function. */
export type Invocation = Pick<Context, "functionName"> &
  Partial<Pick<Context, "invokedFunctionArn" | "logGroupName" | "logStreamName" | "awsRequestId">>;

/** The origin of a function's alert. */
export function alertContext(env: Env, invocation: Invocation): AlertContext {
  const scope = functionScope(invocation.invokedFunctionArn);
  const { RUNBOOK_URL: runbook, DASHBOARD_NAME: dashboard } = env;
  const region = scope?.region ?? env["AWS_REGION"];
  const logUrl = region && logUrlOf(region, invocation);
  return {
    version: VERSION,
    ...(scope && { account: scope.account }),
    ...(region && { region }),
    ...(logUrl && { logUrl }),
    ...(region && dashboard && { dashboardUrl: `${consoleUrl(region)}#dashboards/dashboard/${dashboard}` }),
    runbook: runbook || DEFAULT_RUNBOOK,
    rerun: (connections) => rerunCommands(invocation.functionName, region, connections),
  };
}

function rerunCommands(
  functionName: string,
  region: string | undefined,
  all: readonly string[],
): readonly (readonly string[])[] {
  const connections = all.length > MAX_NAMES ? [] : all;
  const target = [
    ...(IN_DEFAULT_STACK.test(functionName) ? [] : ["--function", functionName]),
    ...(region === undefined ? [] : ["--region", region]),
  ];
  const payload = JSON.stringify(connections.length === 0 ? {} : { connections });
  return [
    [["npx", ".", "invoke", ...target, ...connections].map(shellQuote).join(" ")],
    invokeCommand(functionName, region, payload),
  ];
}

/**
 * The command does not wait for the result, because the AWS CLI times out after a minute and calls the function again. Its lines
 * are short enough for mail.
 */
export function invokeCommand(functionName: string, region: string | undefined, payload: string): string[] {
  return [
    `aws lambda invoke${regionOption(region)} \\`,
    `  --function-name ${shellQuote(functionName)} \\`,
    "  --invocation-type Event --cli-binary-format raw-in-base64-out \\",
    `  --payload ${shellQuote(payload)} /dev/null`,
  ];
}

/** The console's URL of the run's log, or of the log group if the stream is unknown. */
function logUrlOf(
  region: string,
  { logGroupName, logStreamName, awsRequestId }: Invocation,
): string | undefined {
  if (!logGroupName) return undefined;
  const group = `${consoleUrl(region)}#logsV2:log-groups/log-group/${encodeTwice(logGroupName)}`;
  if (!logStreamName) return group;
  const filter = awsRequestId === undefined ? "" : `$3FfilterPattern$3D${encodeTwice(`"${awsRequestId}"`)}`;
  return `${group}/log-events/${encodeTwice(logStreamName)}${filter}`;
}

/** CloudWatch's console escapes the parts of its URLs twice, with a dollar sign for the percent sign. */
function encodeTwice(text: string): string {
  return encodeURIComponent(encodeURIComponent(text)).replaceAll("%", "$");
}

function consoleUrl(region: string): string {
  return `https://${region}.console.${consoleDomain(region)}/cloudwatch/home?region=${region}`;
}

function consoleDomain(region: string): string {
  if (region.startsWith("cn-")) return "amazonaws.cn";
  return region.startsWith("us-gov-") ? "amazonaws-us-gov.com" : "aws.amazon.com";
}
