import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import type { Environment } from "../config/load.ts";
import { connectionsFile } from "../config/schema.ts";
import { counted } from "../terminal/text.ts";
import { type Command, type Context, EXIT, type Input, PROGRAM } from "./command.ts";
import { choices, draftFile, type FoundConnection } from "./draft.ts";
import { UsageError } from "./errors.ts";
import { logTo } from "./log.ts";
import { listConnections, reading } from "./read-only.ts";
import { readTerraform } from "./terraform.ts";

export const discover: Command = {
  summary: "Writes a connections.json for the connections that exist, to be filled in",
  about: [
    "It asks an environment, or reads the output of terraform show -json, of which it takes no credentials.",
    'What only you know is left empty: the secrets, and under "fields" the key of the secret for each option.',
  ],
  options: {
    organization: { value: "ID", help: "the organization's id" },
    environment: { value: "ID", help: "the environment's id, such as env-a1b2c3" },
    cloud: { value: "NAME", help: "aws, azure or gcp" },
    region: { value: "NAME", help: "such as us-west-2" },
    "rest-endpoint": { value: "URL", help: "in place of cloud and region, for private networking" },
    "api-key-secret": { value: "ID", help: "the secret with the Flink API key of the environment" },
    name: { value: "NAME", help: "what to call the environment; its id by default" },
    terraform: { value: "FILE", help: "the output of terraform show -json; - for the standard input" },
    output: { value: "FILE", help: "connections.json by default; - for the standard output" },
    force: { help: "write over a file that is there" },
  },
  examples: [
    [
      "discover --organization 9bb441c4-edef-46ac-8a41-c49e44a3fd9a --environment env-a1b2c3 --cloud aws --region us-west-2 --api-key-secret prod/confluent/flink-api-key --name prod",
      "what an environment has",
    ],
    ["discover --terraform state.json --output -", "what Terraform has made"],
  ],
  run: async (input, context) => {
    const output = input.text("output") ?? "connections.json";
    if (output !== "-" && existsSync(output) && !input.flag("force"))
      throw new UsageError(
        `${output} is there already.`,
        "Choose another --output, or --force to write over it.",
      );
    const file = input.text("terraform");
    const found = file === undefined ? await listed(input, context) : readTerraform(await read(file));
    if (found.length === 0) throw new UsageError("There is no Flink connection.", "Nothing was written.");
    const draft = draftFile(found, {
      name: input.text("name"),
      apiKeySecret: input.text("api-key-secret"),
      restEndpoint: endpointOf(input),
    });
    const json = JSON.stringify(draft, null, 2);
    if (output === "-") context.out.print(json);
    else writeFileSync(output, `${json}\n`);
    const { err } = context;
    err.print(
      `${counted(found.length, "connection")}. Fill in what is empty, then: ${PROGRAM} check`,
      ...choices(found),
    );
    return EXIT.ok;
  },
};

async function read(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UsageError(`${file} cannot be read.`, "Run: terraform show -json > state.json");
  }
}

async function listed(input: Input, context: Context): Promise<FoundConnection[]> {
  const environment = environmentOf(input);
  const { organizationId, environmentId, restEndpoint } = environment;
  const environments = new Map([[environment.name, environment]]);
  const log = logTo(context, input.flag("verbose"));
  const seen = await reading({ environments }, log, (context) => listConnections(context, environment));
  return [...seen.values()].map(({ name, connectionType, endpoint }) => ({
    name,
    type: connectionType,
    endpoint,
    organizationId,
    environmentId,
    restEndpoint,
  }));
}

function environmentOf(input: Input): Environment {
  const needed = ["organization", "environment", "api-key-secret"].filter((each) => !input.text(each));
  const restEndpoint = endpointOf(input);
  const missing = [...needed, ...(restEndpoint ? [] : ["cloud and --region"])];
  if (restEndpoint === undefined || missing.length > 0)
    throw new UsageError(`--${missing.join(", --")} must be given.`, `See ${PROGRAM} discover --help.`);
  const environmentId = input.text("environment") ?? "";
  const ids = {
    organizationId: input.text("organization") ?? "",
    environmentId,
    restEndpoint,
    apiKeySecret: input.text("api-key-secret") ?? "",
  };
  const fault = connectionsFile.shape.environments.safeParse({ it: ids }).error?.issues[0];
  if (fault)
    throw new UsageError(`${String(fault.path.at(-1))} ${fault.message}.`, `See ${PROGRAM} discover --help.`);
  return { name: input.text("name") ?? environmentId, ...ids };
}

function endpointOf(input: Input): string | undefined {
  const [cloud, region] = [input.text("cloud"), input.text("region")];
  const derived = cloud && region && `https://flink.${region}.${cloud}.confluent.cloud`;
  return input.text("rest-endpoint")?.replace(/\/+$/, "") ?? (derived || undefined);
}
