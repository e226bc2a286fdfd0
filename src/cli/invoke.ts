import { InvokeCommand, LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import * as z from "zod/mini";
import { awsProxyOptions } from "../adapters/proxy.ts";
import { reportSchema } from "../rotation/report/schema.ts";
import { WaitingNotice } from "../terminal/waiting-notice.ts";
import { callError, requireAwsConfig } from "./aws.ts";
import { confirmWide } from "./confirm.ts";
import type { CommandContext } from "./context.ts";
import { CallError, UsageError } from "./errors.ts";
import { type Example, exampleText } from "./help.ts";
import { allOption, jsonOption, secretOption, valueOption } from "./options.ts";
import { PROGRAM } from "./program-name.ts";
import { exitCodeOf, reportLines } from "./report-view.ts";
import { suggestion } from "./suggestion.ts";

const DEFAULT_STACK = "FlinkConnectionRotator";
const FUNCTION_DESCRIPTION = "Rotates the API keys of Confluent Cloud Flink connections";
const INVOKE = {
  service: "Lambda",
  permission: "lambda:InvokeFunction on the function",
  hint: "Check the name of the function and the region.",
};
const LIST = {
  service: "Lambda",
  permission: "lambda:ListFunctions, or give the function with --function",
  hint: "Give the function with --function.",
};
const CONNECTION_TIMEOUT_MS = 3_000;
/** Longer than the longest timeout of a Lambda function. */
const TIMEOUT_MS = 960_000;

const DESCRIPTION = `Call the deployed function and show its report.

Without --function, the command finds the function by its stack.`;

const EXAMPLES: readonly Example[] = [
  ["invoke", "every connection, with the function of the default stack"],
  [
    "invoke --function FlinkConnectionRotator-sandbox support-openai",
    "one connection, with a function's name",
  ],
  ["invoke --stack FlinkConnectionRotator --secret prod/aws-ai --dry-run --json", "show what would be sent"],
];

export function invokeCommand(context: CommandContext): CommandUnknownOpts {
  return withOptions()
    .addHelpText("after", exampleText(context.out, EXAMPLES))
    .action((names, options) => runInvoke(names, options, context));
}

function withOptions() {
  return new Command("invoke")
    .summary("Call the deployed function and show its report")
    .description(DESCRIPTION)
    .argument("[name...]", "connections, as NAME or ENVIRONMENT/NAME")
    .addOption(valueOption("--function <name>", "the function's name or ARN").conflicts("stack"))
    .addOption(
      valueOption("--stack <name>", `the function's CloudFormation stack; default: ${DEFAULT_STACK}`),
    )
    .addOption(secretOption())
    .option("--dry-run", "do everything except the PUT")
    .option("--yes", "do not ask before all connections are rotated")
    .addOption(allOption("show every connection, even if more than 20 succeeded"))
    .addOption(jsonOption());
}

type Options = ReturnType<ReturnType<typeof withOptions>["opts"]>;

async function runInvoke(names: readonly string[], options: Options, context: CommandContext): Promise<void> {
  const { secret = [], dryRun = false, yes = false, all = false, json = false } = options;
  const isWide = names.length === 0 && secret.length === 0;
  if (isWide && !dryRun && !yes)
    await confirmWide("Let the function send the current keys to all its connections?", context);
  const event = {
    ...(names.length > 0 && { connections: names }),
    ...(secret.length > 0 && { secrets: secret }),
    ...(dryRun && { dryRun }),
    // The report is shown here.
    alert: false,
  };
  const response = await call(options, event, context);
  const report = reportSchema.safeParse(response);
  if (!report.success)
    throw new UsageError(
      "The function did not return a report.",
      "Check that it is the rotator, or choose another with --function.",
    );
  const { out } = context;
  out.print(...(json ? [JSON.stringify(response, null, 2)] : reportLines(out, report.data, all)));
  context.exitWith(exitCodeOf(report.data.outcome));
}

interface Target {
  readonly function?: string | undefined;
  readonly stack?: string | undefined;
}

async function call(target: Target, event: object, context: CommandContext): Promise<unknown> {
  await requireAwsConfig(context);
  const notice = new WaitingNotice(context.err);
  const client = new LambdaClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: TIMEOUT_MS,
      ...awsProxyOptions(),
    },
  });
  try {
    const find = () => functionOf(client, target.stack ?? DEFAULT_STACK, context);
    const name = target.function ?? (await notice.during("Lambda", find));
    const command = new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) });
    const { FunctionError, Payload } = await notice
      .during(name, () => client.send(command))
      .catch((error: unknown) => {
        throw callError(`${name} could not be called`, error, INVOKE, context);
      });
    const response: unknown = JSON.parse(Payload?.transformToString() || "null");
    if (FunctionError !== undefined) throw toError(response);
    return response;
  } finally {
    client.destroy();
  }
}

async function functionOf(client: LambdaClient, stack: string, context: CommandContext): Promise<string> {
  const names = await listRotators(client, stack).catch((error: unknown) => {
    throw callError("The functions could not be listed", error, LIST, context);
  });
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  const found = names.length === 0 ? "no rotator" : `${names.length} rotators: ${names.join(", ")}`;
  throw new UsageError(
    `Stack ${stack} has ${found}.`,
    "Choose the function with --function, or another --stack.",
  );
}

/**
 * CloudFormation names a function STACK-LOGICALID-SUFFIX; a stack whose name only begins like this has another hyphen. The
 * description ends with the version.
 */
async function listRotators(client: LambdaClient, stack: string): Promise<string[]> {
  const names: string[] = [];
  const isOfStack = (name: string) =>
    name.startsWith(`${stack}-`) && /^[^-]+(-[^-]+)?$/.test(name.slice(stack.length + 1));
  for await (const { Functions = [] } of paginateListFunctions({ client }, {}))
    for (const { FunctionName = "", Description = "" } of Functions)
      if (isOfStack(FunctionName) && Description.startsWith(FUNCTION_DESCRIPTION)) names.push(FunctionName);
  return names;
}

const functionFailure = z.object({ errorType: z.string(), errorMessage: z.string() });

/** A similar name, if the function's message lists the names. */
function hintFor(message: string): string {
  const [, name, listed = ""] = /"([^"]+)" is listed in .* Listed: (.+)\.$/.exec(message) ?? [];
  const hint = name === undefined ? "" : suggestion(name, listed.split(", "));
  return hint.startsWith("Did you mean")
    ? hint
    : "Name connections and secrets as the function's connections.json does.";
}

function toError(response: unknown): Error {
  const { data } = functionFailure.safeParse(response);
  if (data?.errorType === "EventError") return new UsageError(data.errorMessage, hintFor(data.errorMessage));
  if (data?.errorType === "ConfigError")
    return new UsageError(data.errorMessage, "See the function's log for details.");
  return new CallError(
    "internal",
    data ? `The function failed: ${data.errorMessage}` : "The function failed without a message.",
    `See the function's log. Some connections may have the new key: ${PROGRAM} status`,
  );
}
