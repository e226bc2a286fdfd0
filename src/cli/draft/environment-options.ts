import { type Command, Option, type OptionValues } from "@commander-js/extra-typings";
import { baseUrlOf } from "../../config/address.ts";
import type { Environment } from "../../config/load.ts";
import { connectionsFile } from "../../config/schema.ts";
import type { RunDependencies } from "../../rotation/dependencies.ts";
import { RotationError } from "../../rotation/errors.ts";
import type { CommandContext } from "../context.ts";
import { UsageError } from "../errors.ts";
import { valueOption } from "../options.ts";
import { environmentProblem } from "../problem.ts";
import { PROGRAM } from "../program-name.ts";
import { listConnections, withReadOnlyClients } from "../read-only.ts";
import type { FoundConnection } from "./found.ts";

/** For whom the commands with these options give advice: the environment is not in a connections.json yet. */
const CALLER = "newcomer";

/** The options that identify an environment. */
export interface EnvironmentOptions {
  readonly organization?: string | undefined;
  readonly environment?: string | undefined;
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
  readonly restEndpoint?: string | undefined;
  readonly apiKeySecret?: string | undefined;
  readonly name?: string | undefined;
}

export function addEnvironmentOptions<Args extends unknown[], Opts extends OptionValues>(
  command: Command<Args, Opts>,
) {
  return command
    .addOption(valueOption("--organization <id>", "the organization's id"))
    .addOption(valueOption("--environment <id>", "the environment's id, such as env-a1b2c3"))
    .addOption(new Option("--cloud <name>", "the cloud provider").choices(["aws", "azure", "gcp"]))
    .addOption(valueOption("--region <name>", "such as us-west-2"))
    .addOption(
      valueOption("--rest-endpoint <url>", "instead of --cloud and --region, for private networking"),
    )
    .addOption(valueOption("--api-key-secret <id>", "the secret with the environment's Flink API key"))
    .addOption(valueOption("--name <name>", "the environment's name in connections.json; default: its id"));
}

/** The base URL given by the options, if any. */
export function endpointOf({ cloud, region, restEndpoint }: EnvironmentOptions): string | undefined {
  return restEndpoint !== undefined || (cloud && region)
    ? baseUrlOf({ cloud, region, restEndpoint })
    : undefined;
}

/** @throws UsageError naming each option that is missing or invalid. */
export function toEnvironment(options: EnvironmentOptions, command: string): Environment {
  const { organization = "", environment = "", apiKeySecret = "" } = options;
  const restEndpoint = endpointOf(options) ?? options.restEndpoint;
  const missing = [
    ...(organization ? [] : ["--organization"]),
    ...(environment ? [] : ["--environment"]),
    ...(apiKeySecret ? [] : ["--api-key-secret"]),
    ...(restEndpoint ? [] : ["--cloud and --region"]),
  ];
  const hint = `See ${PROGRAM} ${command} --help.`;
  if (restEndpoint === undefined || missing.length > 0)
    throw new UsageError(`${missing.join(", ")} must be given.`, hint);
  const ids = { organizationId: organization, environmentId: environment, restEndpoint, apiKeySecret };
  const fault = connectionsFile.shape.environments.safeParse({ it: ids }).error?.issues[0];
  if (fault) throw new UsageError(`${String(fault.path.at(-1))} ${fault.message}.`, hint);
  return { name: options.name ?? environment, ...ids };
}

/** Lists the connections of an environment and passes them and the clients to `work`. */
export async function withConnections<T>(
  environment: Environment,
  context: CommandContext,
  work: (found: readonly FoundConnection[], clients: RunDependencies) => Promise<T>,
): Promise<T> {
  const { name, organizationId, environmentId, restEndpoint } = environment;
  const config = { environments: new Map([[name, environment]]) };
  const list = async (clients: RunDependencies) => {
    const listed = await listConnections(clients, environment).catch((error: unknown) => {
      throw withAdvice(error, environment);
    });
    const found = [...listed.values()].map(({ name, connectionType, endpoint, phase }) => ({
      name,
      type: connectionType,
      endpoint,
      phase,
      organizationId,
      environmentId,
      restEndpoint,
    }));
    return work(found, clients);
  };
  return withReadOnlyClients(config, context, list, CALLER);
}

/** The same error with advice, if it has none. */
function withAdvice(error: unknown, environment: Environment): unknown {
  if (!(error instanceof RotationError)) return error;
  const { nextStep = "" } = environmentProblem(error, environment, CALLER);
  return new RotationError(error.errorClass, error.text, { ...error.response, nextStep });
}
