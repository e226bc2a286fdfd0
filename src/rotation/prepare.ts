import { assertMatchesConfig } from "./config-match.ts";
import type { Connection } from "./connection.ts";
import { buildCredentials, type Credentials } from "./credentials/auth-data.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import type { EnvironmentSession } from "./environment.ts";
import type { OutcomeDetails } from "./outcome.ts";
import { isDryRun } from "./plan.ts";
import { skippedDetails } from "./propagation-label.ts";
import type { UpdateRequest } from "./update.ts";
import type { LabelFacts } from "./versions.ts";

interface UpdateTarget {
  readonly connection: Connection;
  readonly version: SecretVersion;
  readonly label: LabelFacts | undefined;
  /** True if this run has updated the connection already, with an older version. */
  readonly isUpdated: boolean;
}

/** What an update needs. */
export interface PreparedUpdate extends Pick<UpdateRequest, "data" | "before"> {
  /** The endpoint that Confluent shows for the connection. */
  readonly endpoint: string;
  readonly keys: Credentials["keys"];
  /** The outcome of a dry run, which puts nothing. */
  readonly planned?: OutcomeDetails & { readonly message: string };
}

/**
 * Builds the payload for a connection, and compares the live connection with its configuration.
 * @returns the update, or the outcome if the version is already in use.
 * @throws RotationError if the connection cannot be updated.
 */
export function prepareUpdate(
  { trigger, log }: RunContext,
  session: EnvironmentSession,
  { connection, version, label, isUpdated }: UpdateTarget,
): PreparedUpdate | OutcomeDetails {
  const before = assertMatchesConfig(connection, session.initialState(connection));
  const { data, options, keys, remarks } = buildCredentials(connection, version.value);
  const { endpoint, phase, detail } = before;
  if (isUpdated) return { data, endpoint, keys };
  for (const remark of remarks) log.note(remark, { connection: connection.name, secret: connection.secret });
  const skipped = skippedDetails(version, before, label);
  const shown = { phase, ...(detail && { detail }) };
  if (!isDryRun(trigger))
    return skipped === undefined ? { data, endpoint, keys, before } : { ...shown, ...skipped };
  const message = [`Would send ${options.join(", ")}.`, ...remarks].join(" ");
  return { data, endpoint, keys, before, planned: { ...shown, outcome: "planned", message } };
}
