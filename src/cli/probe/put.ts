import type { Connection } from "../../rotation/connection.ts";
import { buildCredentials, type Credentials } from "../../rotation/credentials/auth-data.ts";
import { CurrentVersionCheck } from "../../rotation/current-version.ts";
import type { RunContext, SecretVersion } from "../../rotation/dependencies.ts";
import type { EnvironmentSession } from "../../rotation/environment.ts";
import { type AcceptedPut, PutAttempt } from "../../rotation/put.ts";
import type { Secret } from "../../rotation/secret.ts";
import { currentVersion } from "../../rotation/versions.ts";

/** AWSCURRENT of a connection's secret and the credentials in it. */
interface CurrentKey {
  readonly version: SecretVersion;
  readonly credentials: Credentials;
  readonly check: CurrentVersionCheck;
}

/** @throws SecretError if the secret cannot be read or lacks a field. */
export async function readCurrentKey(context: RunContext, connection: Connection): Promise<CurrentKey> {
  const version = await currentVersion(context, connection.secret);
  const credentials = buildCredentials(connection, version.value);
  return { version, credentials, check: new CurrentVersionCheck(context, connection.secret) };
}

/**
 * Sends data in the way a run sends AWSCURRENT: compares type and endpoint, and reads AWSCURRENT each time before
 * the PUT is repeated.
 * @throws RotationError if the PUT was not accepted or its result is unknown.
 */
export function putData(
  context: RunContext,
  session: EnvironmentSession,
  { connection, key, data }: { connection: Connection; key: CurrentKey; data: Secret },
): Promise<AcceptedPut> {
  const { version, check } = key;
  const assertCurrent = (maxAgeMs?: number) => check.assertCurrent(version, maxAgeMs);
  const request = { connection, version, data, isKeyProven: false, assertCurrent };
  return new PutAttempt(context, session, request).send();
}
