import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { DeployableTemplate, TemplateOptions } from "../../infra/template.ts";
import { shellQuote } from "../rotation/shell.ts";
import { defaultConfigFile } from "./config-argument.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./errors.ts";
import { accessFile, createFolder, requireFolder, requireTemporaryFolder } from "./files.ts";
import { type Example, exampleText } from "./help.ts";
import { configOption, listOption, valueOption } from "./options.ts";
import { PROGRAM } from "./program-name.ts";

const DESCRIPTION = `Write a CloudFormation template and the code of the function.

Every tool that deploys CloudFormation can deploy the two files. They need no CDK
and no bootstrap. Permissions and event rules are derived from the connections file.
The command itself needs aws-cdk-lib and constructs, and no AWS credentials.`;

const EXAMPLES: readonly Example[] = [
  [
    "template --config connections.json --bucket my-code --out rotator --context alertEmail=ops@example.com",
    "a template for one bucket",
  ],
  ["template --out rotator", "the bucket is a parameter of the template"],
];

export function templateCommand(context: CommandContext): CommandUnknownOpts {
  const { out, err } = context;
  return new Command("template")
    .summary("Write a CloudFormation template and the function's code")
    .description(DESCRIPTION)
    .addOption(configOption())
    .addOption(
      valueOption("--bucket <name>", "the bucket with the code; default: a parameter of the template"),
    )
    .addOption(listOption("--context <name=value>", "a setting of the deployment guide"))
    .addOption(
      valueOption("--out <folder>", "where to write template.json and function.zip").makeOptionMandatory(),
    )
    .addHelpText("after", exampleText(out, EXAMPLES))
    .action(
      async ({ config = defaultConfigFile(context), bucket: givenBucket, context: given, out: folder }) => {
        const settings = { ...settingsOf(given), config, ...(givenBucket && { bucket: givenBucket }) };
        requireFolder(folder);
        requireTemporaryFolder();
        const deployable = await create({ settings });
        write(folder, deployable);
        for (const text of deployable.warnings) err.print(`${err.paint("yellow", "Note:")} ${text}`);
        out.print(...summary(folder, deployable, settings.bucket));
      },
    );
}

function settingsOf(given: readonly string[] = []): Record<string, string> {
  const pairs = given.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageError(`--context ${text} has no value.`, "Write --context NAME=VALUE.");
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

/** CDK is large and only this command needs it, so it is imported here. */
async function create(options: TemplateOptions): Promise<DeployableTemplate> {
  try {
    const { createTemplate } = await import("../../infra/template.ts");
    return createTemplate(options);
  } catch (error) {
    throw error instanceof Error ? toUsageError(error) : error;
  }
}

function toUsageError(error: Error): Error {
  const isMissing = "code" in error && String(error.code).endsWith("MODULE_NOT_FOUND");
  if (isMissing && /aws-cdk-lib|constructs/.test(error.message))
    return new UsageError(
      "This command needs aws-cdk-lib and constructs.",
      "Install them: npm install aws-cdk-lib constructs",
    );
  // The errors of the CDK construct are instances of its own classes.
  if (error.name === "SettingsError" || error.name === "ConfigError")
    return new UsageError(error.message, "Nothing was written.");
  return error;
}

function write(folder: string, { template, archives }: DeployableTemplate): void {
  accessFile(`The folder ${folder} cannot be written`, () => {
    createFolder(folder);
    writeFileSync(join(folder, "template.json"), template);
    for (const { file, content } of archives) writeFileSync(join(folder, file), content);
  });
}

function summary(folder: string, { stackName, archives }: DeployableTemplate, given?: string): string[] {
  const bucket = given ?? "BUCKET";
  const parameter = given === undefined ? [` --parameter-overrides CodeBucket=${bucket}`] : [];
  return [
    `Wrote ${["template.json", ...archives.map(({ file }) => file)].map((file) => join(folder, file)).join(", ")}.`,
    "To deploy them with the AWS CLI:",
    "",
    ...archives.map(({ file, key }) => `  aws s3 cp ${shellQuote(join(folder, file))} s3://${bucket}/${key}`),
    [
      `  aws cloudformation deploy --stack-name ${stackName} --template-file ${shellQuote(join(folder, "template.json"))}`,
      ` --s3-bucket ${bucket} --capabilities CAPABILITY_IAM`,
      ...parameter,
    ].join(""),
    "",
    ...(given === undefined ? ["BUCKET is a bucket in the region of the stack."] : []),
    `Afterwards: ${PROGRAM} invoke --stack ${stackName} --dry-run`,
  ];
}
