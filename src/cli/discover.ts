import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { Environment } from "../config/load.ts";
import { connectionsFile } from "../config/schema.ts";
import { counted } from "../terminal/text.ts";
import { type CommandContext, PROGRAM } from "./context.ts";
import { createDraft, type FoundConnection, openChoices } from "./draft.ts";
import { UsageError } from "./errors.ts";
import { type Example, exampleText } from "./help.ts";
import { valueOption } from "./options.ts";
import { listConnections, withReadOnlyClients } from "./read-only.ts";
import { silenceRemark } from "./silence.ts";
import { readTerraform } from "./terraform.ts";

const DESCRIPTION = `Write a connections.json for connections that exist.

The connections come from an environment, or from the output of "terraform show -json".
No credentials are read from it. Values that only you know are left empty: each secret,
and under "fields" the key in the secret for each option.`;

export function discoverCommand(context: CommandContext): CommandUnknownOpts {
  return withOptions()
    .addHelpText("after", exampleText(context.out, EXAMPLES))
    .action((options) => runDiscover(options, context));
}

function withOptions() {
  return new Command("discover")
    .summary("Write a connections.json for connections that exist")
    .description(DESCRIPTION)
    .addOption(valueOption("--organization <id>", "the organization's id"))
    .addOption(valueOption("--environment <id>", "the environment's id, such as env-a1b2c3"))
    .addOption(new Option("--cloud <name>", "the cloud provider").choices(["aws", "azure", "gcp"]))
    .addOption(valueOption("--region <name>", "such as us-west-2"))
    .addOption(
      valueOption("--rest-endpoint <url>", "instead of --cloud and --region, for private networking"),
    )
    .addOption(valueOption("--api-key-secret <id>", "the secret with the environment's Flink API key"))
    .addOption(valueOption("--name <name>", "the environment's name in connections.json; default: its id"))
    .addOption(valueOption("--terraform <file>", "the output of terraform show -json; - for standard input"))
    .addOption(valueOption("--output <file>", "default: connections.json; - for standard output"))
    .option("--force", "overwrite an existing file");
}

const EXAMPLES: readonly Example[] = [
  [
    "discover --organization 9bb441c4-edef-46ac-8a41-c49e44a3fd9a --environment env-a1b2c3 --cloud aws --region us-west-2 --api-key-secret prod/confluent/flink-api-key --name prod",
    "the connections of an environment",
  ],
  ["discover --terraform state.json --output -", "the connections in a Terraform state"],
];

type Options = ReturnType<ReturnType<typeof withOptions>["opts"]>;

async function runDiscover(options: Options, context: CommandContext): Promise<void> {
  const { output = "connections.json", terraform: file } = options;
  if (output !== "-" && existsSync(output) && !options.force)
    throw new UsageError(
      `${output} already exists.`,
      "Choose another --output, or overwrite it with --force.",
    );
  const found =
    file === undefined ? await listEnvironment(options, context) : readTerraform(await read(file));
  if (found.length === 0) throw new UsageError("No Flink connection was found.", "Nothing was written.");
  const draft = createDraft(found, {
    name: options.name,
    apiKeySecret: options.apiKeySecret,
    restEndpoint: endpointOf(options),
  });
  const json = JSON.stringify(draft, null, 2);
  if (output === "-") context.out.print(json);
  else writeFileSync(output, `${json}\n`);
  context.err.print(
    `${counted(found.length, "connection")}. Fill in the empty values, then run: ${PROGRAM} check`,
    ...openChoices(found),
    ...silence(found),
  );
}

function silence(found: readonly FoundConnection[]): string[] {
  const phases = found.flatMap(({ phase }) => phase ?? []);
  const remark = silenceRemark(phases, "auto");
  return remark === undefined ? [] : [remark];
}

async function read(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UsageError(`${file} cannot be read.`, "Run: terraform show -json > state.json");
  }
}

async function listEnvironment(options: Options, context: CommandContext): Promise<FoundConnection[]> {
  const environment = toEnvironment(options);
  const { organizationId, environmentId, restEndpoint } = environment;
  const environments = new Map([[environment.name, environment]]);
  const found = await withReadOnlyClients({ environments }, context, (clients) =>
    listConnections(clients, environment),
  );
  return [...found.values()].map(({ name, connectionType, endpoint, phase }) => ({
    name,
    type: connectionType,
    endpoint,
    phase,
    organizationId,
    environmentId,
    restEndpoint,
  }));
}

function toEnvironment(options: Options): Environment {
  const { organization = "", environment = "", apiKeySecret = "" } = options;
  const restEndpoint = endpointOf(options);
  const missing = [
    ...(organization ? [] : ["--organization"]),
    ...(environment ? [] : ["--environment"]),
    ...(apiKeySecret ? [] : ["--api-key-secret"]),
    ...(restEndpoint ? [] : ["--cloud and --region"]),
  ];
  if (restEndpoint === undefined || missing.length > 0)
    throw new UsageError(`${missing.join(", ")} must be given.`, `See ${PROGRAM} discover --help.`);
  const ids = { organizationId: organization, environmentId: environment, restEndpoint, apiKeySecret };
  const fault = connectionsFile.shape.environments.safeParse({ it: ids }).error?.issues[0];
  if (fault)
    throw new UsageError(`${String(fault.path.at(-1))} ${fault.message}.`, `See ${PROGRAM} discover --help.`);
  return { name: options.name ?? environment, ...ids };
}

function endpointOf({ cloud, region, restEndpoint }: Options): string | undefined {
  const derived = cloud && region && `https://flink.${region}.${cloud}.confluent.cloud`;
  return restEndpoint?.replace(/\/+$/, "") ?? (derived || undefined);
}
