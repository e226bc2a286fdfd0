import type { RunContext } from "../dependencies.ts";

/** What the rotator does about the statements of an environment that run with the previous key. */
export interface StatementPolicy {
  readonly report: boolean;
  /** The names of those that are restarted. */
  readonly restart: readonly string[];
  /** The command that resumes a statement, without its name, for the operator. */
  readonly resumeCommand: string;
}

export function policyOf({ settings }: Pick<RunContext, "settings">, environment: string): StatementPolicy {
  return settings.statements?.get(environment) ?? NO_POLICY;
}

const NO_POLICY: StatementPolicy = { report: false, restart: [], resumeCommand: "" };

/** Public and private hosts contain region and cloud; for others, the operator's own context decides. */
const HOST = /^flink[.-](?:[a-z0-9]+\.)?(?<region>[a-z0-9-]+)\.(?<cloud>aws|azure|gcp)\./;

/** The command of Confluent's own command line. */
export function resumeCommandFor(environmentId: string, restEndpoint: string): string {
  const { region, cloud } = HOST.exec(URL.parse(restEndpoint)?.hostname ?? "")?.groups ?? {};
  const place = region === undefined ? "" : ` --cloud ${cloud} --region ${region}`;
  return `confluent flink statement resume --environment ${environmentId}${place}`;
}
