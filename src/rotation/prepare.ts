import { assertMatchesConfig } from "./config-match.ts";
import type { Connection } from "./connection.ts";
import { buildCredentials } from "./credentials/auth-data.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import type { EnvironmentSession } from "./environment.ts";
import type { OutcomeDetails } from "./outcome.ts";
import { isDryRun } from "./plan.ts";
import { skippedDetails } from "./propagation-label.ts";
import type { UpdateRequest } from "./update.ts";
import type { LabelFacts } from "./versions.ts";

interface Candidate {
  readonly connection: Connection;
  readonly version: SecretVersion;
  readonly label: LabelFacts | undefined;
  /** True if this run has updated the connection already, with an older version. */
  readonly isUpdated: boolean;
}

/**
 * Builds the payload for a connection and compares it with its configuration. The result is the update, or the outcome if
 * there is none: in a dry run, or if the version is in use already.
 * @throws RotationError if the connection cannot be updated.
 */
export function prepareUpdate(
  { trigger, log }: RunContext,
  session: EnvironmentSession,
  { connection, version, label, isUpdated }: Candidate,
): Pick<UpdateRequest, "data" | "before"> | OutcomeDetails {
  const { data, options, remarks } = buildCredentials(connection, version.value);
  if (isUpdated) return { data };
  const before = assertMatchesConfig(connection, session.initialState(connection));
  for (const remark of remarks) log.note(remark, { connection: connection.name, secret: connection.secret });
  const message = [`Would send ${options.join(", ")}.`, ...remarks].join(" ");
  const details = isDryRun(trigger)
    ? ({ outcome: "planned", message } as const)
    : skippedDetails(version, before, label);
  if (details === undefined) return { data, before };
  const { phase, detail } = before;
  return { phase, ...(detail && { detail }), ...details };
}
