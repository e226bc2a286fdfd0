import type { Config, Environment } from "../../config/load.ts";
import type { ConnectionState } from "../../rotation/connection.ts";
import { RotationError } from "../../rotation/errors.ts";
import { counted } from "../../rotation/wording.ts";
import { environmentProblem } from "../problem.ts";
import { silenceRemark } from "../silence.ts";
import { unlistedConnections, unlistedRemark } from "../unlisted.ts";
import type { Check, CheckInput, Finding } from "./check.ts";
import { showEnvironmentTexts } from "./environment-texts.ts";

/** Whether each environment can be listed, and which connections in it connections.json does not list. */
export const environmentsCheck: Check = {
  name: "environments",
  run: async (input) => {
    const { environments } = input.config;
    const found = await Promise.all([...environments.values()].map((each) => findingsOf(each, input)));
    return found.flat();
  },
};

async function findingsOf(
  environment: Environment,
  { config, clients, listed }: CheckInput,
): Promise<Finding[]> {
  const { name } = environment;
  const about = { subject: `environment ${name}`, environment: name };
  const found = await listed(name);
  if (!(found instanceof RotationError)) return [...passed(environment, found, config)];
  const { nextStep, ...problem } = environmentProblem(found, environment);
  const shown = { message: found.message, ...(await showEnvironmentTexts(clients, config, name, problem)) };
  return [{ ...about, state: "failed", ...shown, ...(nextStep && { nextStep }) }];
}

function passed(
  { name, environmentId }: Environment,
  found: ReadonlyMap<string, ConnectionState>,
  config: Config,
): Finding[] {
  const about = { subject: `environment ${name}`, environment: name };
  const phases = [...found.values()].map(({ phase }) => phase);
  const silence = silenceRemark(phases, config.verification.require);
  const count = `${counted(found.size, "connection")} in ${environmentId}`;
  const message = [count, ...(silence === undefined ? [] : [silence])].join(". ");
  const unlisted = unlistedRemark(name, unlistedConnections(config, name, found));
  return [
    { ...about, state: "passed", message },
    ...(unlisted === undefined ? [] : [{ ...about, state: "remark" as const, ...unlisted }]),
  ];
}
