import type { ConnectionState } from "../../rotation/connection.ts";
import type { RunContext } from "../../rotation/dependencies.ts";
import type { EnvironmentSession } from "../../rotation/environment.ts";
import { RotationError } from "../../rotation/errors.ts";
import { toRotationError } from "../../rotation/outcome.ts";
import { type KeyAnswer, refusedDetails } from "../../rotation/provider-check.ts";
import { InterruptedError } from "../errors.ts";
import { openSession } from "./context.ts";
import { type Inquiries, inquire } from "./inquiries.ts";
import { invalidData } from "./invalid-key.ts";
import {
  lastKind,
  type Observation,
  type ProbeOptions,
  watchAfterPut,
  withOwnClients,
} from "./observation.ts";
import { putData, readCurrentKey } from "./put.ts";
import { observeRestored } from "./restored.ts";
import { firstSeen, type Seen } from "./timeline.ts";
import { unlessAborted } from "./watch.ts";

export interface ProbeResult {
  readonly observations: readonly Observation[];
  readonly inquiries: Inquiries;
  /** Absent if no invalid key was sent. */
  readonly restored?: boolean;
}

/**
 * Sends AWSCURRENT again, unless its provider refuses it, and watches the connection; then, if requested, an invalid
 * key and AWSCURRENT again.
 * @throws RotationError before any PUT if the connection or its secret cannot be read or does not match.
 */
export async function probe(options: ProbeOptions): Promise<ProbeResult> {
  const { isBadKey, signal } = options;
  const { sendsMetadata, inquiries, ...current } = await observeCurrent(options);
  if (!isBadKey || signal.aborted || !isInUse(current)) return { observations: [current], inquiries };
  const { wasSent, ...invalid } = await observeInvalid(options, sendsMetadata);
  if (!wasSent) return { observations: [current, invalid], inquiries };
  const restored = await observeRestored(options, { sendsMetadata, current, invalid });
  return { observations: [current, invalid, restored], inquiries, restored: restored.error === undefined };
}

/** An invalid key is sent only after a key that the service does not refuse. */
function isInUse({ seen }: Observation): boolean {
  return seen !== undefined && lastKind(seen) !== "refused";
}

interface CurrentObservation extends Observation, Pick<ProbeResult, "inquiries"> {
  readonly sendsMetadata: boolean;
}

/** @throws RotationError if no PUT is possible, InterruptedError if the probe is interrupted before it. */
function observeCurrent(options: ProbeOptions): Promise<CurrentObservation> {
  const { connection, signal, onStep } = options;
  return withOwnClients(options, async (context) => {
    const session = await unlessAborted(signal, openSession(context, connection));
    const currentKey = await unlessAborted(signal, readCurrentKey(context, connection));
    const { data } = currentKey.credentials;
    const inquiries = await unlessAborted(signal, inquire(context, session, { connection, data }));
    const exchanges = options.exchanges.putsFromNow();
    const facts = () =>
      ({ key: "current", exchanges: exchanges(), sendsMetadata: session.sendsMetadata, inquiries }) as const;
    const { provider } = inquiries;
    if (provider.verdict === "refused") return { ...facts(), error: refusalBy(provider) };
    onStep({ kind: "put", key: "current" });
    try {
      const put = putData(context, session, { connection, key: currentKey, data });
      const { before } = await unlessAborted(signal, put);
      onStep({ kind: "accepted", key: "current" });
      const seen = await watchAfterPut("current", options, { api: session.api, before });
      return { ...facts(), seen };
    } catch (error) {
      if (error instanceof InterruptedError) return facts();
      return { ...facts(), error: toRotationError(context, error) };
    }
  });
}

function refusalBy(answer: KeyAnswer & { verdict: "refused" }): RotationError {
  const { words } = answer;
  const { message = "" } = refusedDetails(answer);
  return new RotationError("rejected", message, { ...(words && { detail: words }) });
}

/** When this resolves, its clients are closed, so the invalid key can no longer be sent. */
async function observeInvalid(
  options: ProbeOptions,
  sendsMetadata: boolean,
): Promise<Observation & { readonly wasSent: boolean }> {
  const { connection, signal, onStep } = options;
  const exchanges = options.exchanges.putsFromNow();
  let session: EnvironmentSession | undefined;
  const result = await withOwnClients(options, async (context) => {
    const put = async () => {
      session = await openSession(context, connection);
      session.sendsMetadata = sendsMetadata;
      return { api: session.api, before: await putInvalid(context, session, options) };
    };
    try {
      const accepted = await unlessAborted(signal, put());
      onStep({ kind: "accepted", key: "invalid" });
      const isDone = (seen: Seen) => firstSeen(seen, "refused") !== undefined;
      return { seen: await watchAfterPut("invalid", options, { ...accepted, isDone }) };
    } catch (error) {
      return error instanceof InterruptedError ? {} : { error: toRotationError(context, error) };
    }
  }).catch(() => ({ error: new RotationError("internal", "Unexpected error (a bug in the rotator).") }));
  return { key: "invalid", exchanges: exchanges(), ...result, wasSent: session?.wasPut(connection) ?? false };
}

async function putInvalid(
  context: RunContext,
  session: EnvironmentSession,
  { connection, onStep }: ProbeOptions,
): Promise<ConnectionState> {
  const key = await readCurrentKey(context, connection);
  onStep({ kind: "put", key: "invalid" });
  const data = invalidData(key.credentials);
  return (await putData(context, session, { connection, key, data })).before;
}
