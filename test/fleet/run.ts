import { evidenceOfPhase } from "../../src/rotation/outcome.ts";
import { type Execution, execute } from "./engine.ts";
import { type FleetOptions, startFleet } from "./fleet.ts";

export const SCHEDULE = { trigger: "schedule" };

export const REFUSED = {
  outcome: "failed",
  errorClass: "rejected",
  phase: "INVALID_AUTH",
  evidence: evidenceOfPhase("refused"),
} as const;

export const MISSING = { outcome: "failed", errorClass: "not-found" } as const;

export async function run(options: FleetOptions = {}, event: object = SCHEDULE) {
  const fleet = startFleet(options);
  const execution = await execute(event, fleet.engine);
  return { ...fleet, execution };
}

/** `name outcome` or `name outcome class` of each connection in the report. */
export function outcomesOf({ connections }: NonNullable<Execution["report"]>): string[] {
  return connections.map(({ name, outcome, errorClass }) =>
    errorClass ? `${name} ${outcome} ${errorClass}` : `${name} ${outcome}`,
  );
}
