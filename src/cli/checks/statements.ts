import type { Config, Environment } from "../../config/load.ts";
import { parseApiKey } from "../../rotation/api-key.ts";
import { RotationError } from "../../rotation/errors.ts";
import { asResult } from "../../rotation/outcome.ts";
import type { StatementState } from "../../rotation/statements/api.ts";
import { listStatements } from "../../rotation/statements/list.ts";
import { currentVersion } from "../../rotation/versions.ts";
import { counted } from "../../rotation/wording.ts";
import type { Check, CheckInput, Finding } from "./check.ts";
import { showEnvironmentTexts } from "./environment-texts.ts";

/** Whether statements can be listed in each environment that verifies, reports or restarts some. */
export const statementsCheck: Check = {
  name: "statements",
  run: async (input) => {
    const used = [...input.config.environments.values()].filter((each) => usesStatements(each, input.config));
    const found = await Promise.all(used.map((each) => findingsOf(each, input)));
    return found.flat();
  },
};

function usesStatements({ name, statements }: Environment, config: Config): boolean {
  return statements !== undefined || verifies(name, config);
}

function verifies(environment: string, { connections }: Config): boolean {
  return connections.some((each) => each.environment === environment && each.verify !== undefined);
}

async function findingsOf(environment: Environment, input: CheckInput): Promise<Finding[]> {
  const { name, apiKeySecret, statements: { restart = [] } = {} } = environment;
  const { clients, config } = input;
  if ((await input.listed(name)) instanceof RotationError) return [];
  const about = { subject: `statements of ${name}`, environment: name };
  const found = await asResult(clients, async () => {
    const { value } = await currentVersion(clients, apiKeySecret);
    return listStatements(clients.connect(name, parseApiKey(apiKeySecret, value)).statements);
  });
  const isNeeded = restart.length > 0 || verifies(name, config);
  if (found instanceof RotationError) {
    const { nextStep, httpStatus: _httpStatus, ...texts } = found.response;
    const shown = { message: found.message, ...(await showEnvironmentTexts(clients, config, name, texts)) };
    return [{ ...about, state: isNeeded ? "failed" : "remark", ...shown, ...(nextStep && { nextStep }) }];
  }
  const verified = verifies(name, config)
    ? ". The first update shows whether the verification statement may be run"
    : "";
  return [
    { ...about, state: "passed", message: `${counted(found.length, "statement")} can be listed${verified}` },
    ...restart.flatMap((each) => restartRemarks(each, found).map((remark) => ({ ...about, ...remark }))),
  ];
}

function restartRemarks(
  name: string,
  found: readonly StatementState[],
): Pick<Finding, "state" | "message" | "nextStep">[] {
  const statement = found.find((each) => each.name === name);
  if (statement === undefined)
    return [
      {
        state: "remark",
        message: `${name} is configured for a restart, but Confluent does not list it.`,
        nextStep: "Correct its name under restart, or give the rotator's Confluent API key access to it.",
      },
    ];
  if (statement.isResumable) return [];
  return [
    {
      state: "remark",
      message: `${name} will not be restarted: only INSERT INTO, EXECUTE STATEMENT SET and CREATE TABLE AS continue where they were stopped.`,
      nextStep: "Remove it from restart.",
    },
  ];
}
