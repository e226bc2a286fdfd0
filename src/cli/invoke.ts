import { InvokeCommand, LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import * as z from "zod/mini";
import { reportSchema } from "../rotation/report/schema.ts";
import { requireAws } from "./aws.ts";
import { type Command, type Context, type Input, JSON_OPTION } from "./command.ts";
import { UsageError } from "./errors.ts";
import { exitCodeOf, reportLines } from "./report-view.ts";

const DEFAULT_STACK = "FlinkConnectionRotator";
const DESCRIPTION = "Rotates the API keys of Confluent Cloud Flink connections";
/** Longer than Lambda lets a function run. */
const TIMEOUT_MS = 960_000;

export const invoke: Command = {
  summary: "Calls the deployed function, and shows its report",
  about: [`Without --function it is the one of the stack, ${DEFAULT_STACK} by default.`],
  words: "[name…]",
  options: {
    function: { value: "NAME", help: "the function's name or ARN" },
    stack: { value: "NAME", help: "the CloudFormation stack that the function belongs to" },
    secret: { value: "ID", multiple: true, help: "the connections of this secret (name or ARN)" },
    "dry-run": { help: "do everything but the PUT" },
    ...JSON_OPTION,
  },
  examples: [
    ["invoke", "every connection, by the function of the default stack"],
    [
      "invoke --function FlinkConnectionRotator-sandbox support-openai",
      "one connection, by a function's name",
    ],
    ["invoke --stack FlinkConnectionRotator --secret prod/aws-ai --dry-run --json", "what would be sent"],
  ],
  run: async (input, context) => {
    await requireAws();
    const client = new LambdaClient({ maxAttempts: 1, requestHandler: { requestTimeout: TIMEOUT_MS } });
    try {
      const answer = await call(client, input, context);
      const report = reportSchema.safeParse(answer);
      if (!report.success)
        throw new UsageError(
          "The function answered no report.",
          "Is it the rotator? Choose it by --function.",
        );
      const { out } = context;
      out.print(...(input.flag("json") ? [JSON.stringify(answer, null, 2)] : reportLines(out, report.data)));
      return exitCodeOf(report.data.outcome);
    } finally {
      client.destroy();
    }
  },
};

async function call(client: LambdaClient, input: Input, { err }: Context): Promise<unknown> {
  const secrets = input.texts("secret");
  const event = {
    ...(input.words.length > 0 && { connections: input.words }),
    ...(secrets.length > 0 && { secrets }),
    ...(input.flag("dry-run") && { dryRun: true }),
  };
  const stack = input.text("stack") ?? DEFAULT_STACK;
  const name =
    input.text("function") ??
    (await functionOf(client, stack).catch((error: unknown) =>
      refuse("The functions could not be listed", error),
    ));
  if (err.isLive) err.draw([err.paint("dim", `Waiting for ${name} …`)]);
  const { FunctionError, Payload } = await client
    .send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }))
    .catch((error: unknown) => refuse(`${name} could not be called`, error))
    .finally(() => err.clear());
  const answer: unknown = JSON.parse(Payload?.transformToString() || "null");
  if (FunctionError !== undefined) throw failure(answer);
  return answer;
}

/** CloudFormation gives a function a name that begins with the stack's. */
async function functionOf(client: LambdaClient, stack: string): Promise<string> {
  const names: string[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client }, {}))
    for (const { FunctionName = "", Description } of Functions)
      if (FunctionName.startsWith(`${stack}-`) && Description === DESCRIPTION) names.push(FunctionName);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  const found = names.length === 0 ? "no rotator" : `${names.length} rotators: ${names.join(", ")}`;
  throw new UsageError(
    `Stack ${stack} has ${found}.`,
    "Choose the function by --function, or another --stack.",
  );
}

function refuse(what: string, error: unknown): never {
  if (!(error instanceof Error) || error instanceof UsageError) throw error;
  const hint =
    "Check name and region, and that you may call lambda:InvokeFunction, and lambda:ListFunctions without --function.";
  throw new UsageError(`${what} (${error.name}).`, hint);
}

const functionFailure = z.object({ errorType: z.string(), errorMessage: z.string() });

function failure(answer: unknown): Error {
  const { data } = functionFailure.safeParse(answer);
  const hint = "The function's log says more.";
  if (data?.errorType === "ConfigError" || data?.errorType === "EventError")
    return new UsageError(data.errorMessage, hint);
  return new Error(
    data ? `The function failed: ${data.errorMessage}` : "The function failed without a message.",
  );
}
