import { existsSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { configArgument } from "./config-argument.ts";
import type { CommandContext } from "./context.ts";
import type { Given } from "./draft/draft.ts";
import {
  addEnvironmentOptions,
  type EnvironmentOptions,
  endpointOf,
  toEnvironment,
  withConnections,
} from "./draft/environment-options.ts";
import type { FoundConnection } from "./draft/found.ts";
import { readTerraform, type TerraformResult } from "./draft/terraform.ts";
import { summary } from "./draft/to-do.ts";
import { secretsIn, useOption } from "./draft/use-option.ts";
import {
  type DraftFile,
  draftFile,
  mergedFile,
  requireWritable,
  writeDraft,
  writeWithSchema,
} from "./draft/write.ts";
import { UsageError } from "./errors.ts";
import { type Example, exampleText } from "./help.ts";
import { valueOption } from "./options.ts";
import { PROGRAM } from "./program-name.ts";
import { silenceRemark } from "./silence.ts";

const DESCRIPTION = `Write a connections.json for connections that exist, or add them to one.

The connections come from an environment, or from the output of "terraform show -json".
No credentials are read from it. Values that only you know, such as secret names, are left empty:
the command writes these entries as comments for you to complete, and lists them.
With --merge, the file keeps its entries, comments and order.`;

const EXAMPLES: readonly Example[] = [
  [
    "discover --organization 9bb441c4-edef-46ac-8a41-c49e44a3fd9a --environment env-a1b2c3 --cloud aws --region us-west-2 --api-key-secret prod/confluent/flink-api-key --name prod",
    "the connections of an environment",
  ],
  ["discover --terraform state.json --output -", "the connections in a Terraform state"],
  [
    "discover --terraform plan.json --merge connections.json",
    "add connections of a plan that the file does not list",
  ],
];

interface Options extends EnvironmentOptions {
  readonly terraform?: string | undefined;
  readonly output?: string | undefined;
  readonly merge?: string | undefined;
  readonly use?: readonly string[] | undefined;
  readonly force?: true | undefined;
}

export function discoverCommand(context: CommandContext): CommandUnknownOpts {
  return addEnvironmentOptions(new Command("discover"))
    .summary("Write a connections.json for connections that exist")
    .description(DESCRIPTION)
    .addOption(valueOption("--terraform <file>", "the output of terraform show -json; - for standard input"))
    .addOption(
      valueOption("--output <file>", "default: connections.json; - for standard output").conflicts("merge"),
    )
    .addOption(
      valueOption("--merge <file>", "add connections to this connections.json that it does not list"),
    )
    .addOption(useOption())
    .option("--force", "overwrite an existing file")
    .addHelpText("after", exampleText(context.out, EXAMPLES))
    .action((options) => runDiscover(options, context));
}

async function runDiscover(options: Options, context: CommandContext): Promise<void> {
  requirePlace(options);
  const { found, remarks } = await find(options, context);
  const { err } = context;
  err.print(...remarks.flatMap((remark) => err.wrap(remark)));
  if (found.length === 0) throw new UsageError("No Flink connection was found.", "Nothing was written.");
  const { given, remarks: addressRemarks } = givenFor(found, options);
  const { draft, place } = write(found, given, { options, context });
  const lines = [
    ...addressRemarks,
    ...summary(draft, place),
    ...silence(found),
    ...(options.output === "-" ? [] : [`Next: ${PROGRAM} check --offline${configArgument(place, context)}`]),
  ];
  err.print(...lines.flatMap((line) => err.wrap(line)));
}

function requirePlace({ output = "connections.json", merge, force }: Options): void {
  if (merge !== undefined && !existsSync(merge))
    throw new UsageError(`There is no ${merge}.`, "Write a new file with --output instead of --merge.");
  if ((merge ?? output) !== "-") requireWritable(merge ?? output);
  if (merge === undefined && output !== "-" && existsSync(output) && !force)
    throw new UsageError(
      `${output} already exists.`,
      `Add to it with --merge ${output}, choose another --output, or overwrite it with --force.`,
    );
}

async function find(options: Options, context: CommandContext): Promise<TerraformResult> {
  if (options.terraform !== undefined) return readTerraform(await read(options.terraform));
  const environment = toEnvironment(options, "discover");
  const found = await withConnections(environment, context, (connections) => Promise.resolve(connections));
  return { found, remarks: [] };
}

async function read(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UsageError(`${file} cannot be read.`, "Run: terraform show -json > state.json");
  }
}

/** The region on the command line applies to one environment, but Terraform's state may contain several. */
function givenFor(
  found: readonly FoundConnection[],
  { name, apiKeySecret, use = [], ...options }: Options,
): { given: Given; remarks: string[] } {
  const open = found.filter(({ restEndpoint }) => restEndpoint === undefined);
  const environments = [...new Set(open.map(({ environmentId }) => environmentId))];
  const names = new Set(open.map((each) => `${each.environmentId}/${each.name}`));
  const isOneRegion = environments.length <= 1 && names.size === open.length;
  const secrets = new Map([...secretsIn(use, found, "discover")].map(([key, secret]) => [key, { secret }]));
  const restEndpoint = isOneRegion ? endpointOf(options) : undefined;
  const given = { name, apiKeySecret, restEndpoint, secrets };
  if (open.length === 0 || given.restEndpoint !== undefined) return { given, remarks: [] };
  const which = environments.join(", ");
  const reason = isOneRegion
    ? `The region of ${which} is not in the file: give --cloud and --region, or use a plan.`
    : `The regions of ${which} are not in the file, and there are several. A plan contains them: terraform plan -out p && terraform show -json p > plan.json`;
  return { given, remarks: [reason] };
}

function write(
  found: readonly FoundConnection[],
  given: Given,
  { options, context }: { options: Options; context: CommandContext },
): Pick<DraftFile, "draft"> & { place: string } {
  const { merge, output = "connections.json" } = options;
  if (merge !== undefined) {
    const { text: merged, draft } = mergedFile(merge, found, given);
    writeDraft(merge, merged);
    return { draft, place: merge };
  }
  if (output !== "-") return { ...writeWithSchema(output, found, given), place: output };
  const { text: json, draft } = draftFile(found, given);
  context.out.print(json.trimEnd());
  return { draft, place: "the output" };
}

function silence(found: readonly FoundConnection[]): string[] {
  const remark = silenceRemark(
    found.flatMap(({ phase }) => phase ?? []),
    "auto",
  );
  return remark === undefined ? [] : [remark];
}
