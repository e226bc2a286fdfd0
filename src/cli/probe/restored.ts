import { RotationError } from "../../rotation/errors.ts";
import { openSession } from "./context.ts";
import {
  lastKind,
  type Observation,
  type ProbeOptions,
  watchAfterPut,
  withOwnClients,
} from "./observation.ts";
import { restore } from "./restore.ts";
import type { Seen } from "./timeline.ts";

/** A PUT without a response may still be applied; after this time, the good key is sent once more. */
const LATE_PUT_MS = 5_000;

interface BeforeRestore {
  readonly sendsMetadata: boolean;
  readonly current: Observation;
  readonly invalid: Observation;
}

/** Restores the current key and watches until the phase is as before. Never rejects. */
export async function observeRestored(
  options: ProbeOptions,
  { sendsMetadata, current, invalid }: BeforeRestore,
): Promise<Observation> {
  const { clock, connection, onStep } = options;
  const exchanges = options.exchanges.putsFromNow();
  const onFailure = (error: RotationError) => onStep({ kind: "restore-failed", error });
  const putBack = () => restore({ ...options, sendsMetadata, onFailure });
  onStep({ kind: "put", key: "restored" });
  let restored = await putBack();
  if (!(restored instanceof RotationError) && mayBeLate(invalid)) {
    await clock.sleep(LATE_PUT_MS);
    restored = await putBack();
  }
  const facts = { key: "restored", exchanges: exchanges() } as const;
  if (restored instanceof RotationError) return { ...facts, error: restored };
  onStep({ kind: "accepted", key: "restored" });
  if (options.signal.aborted) return facts;
  const { before } = restored;
  const isDone = (seen: Seen) => current.seen !== undefined && lastKind(seen) === lastKind(current.seen);
  const seen = await withOwnClients(options, async (context) => {
    const { api } = await openSession(context, connection);
    return watchAfterPut("restored", options, { api, before, isDone });
  }).catch(() => undefined);
  return { ...facts, ...(seen && { seen }) };
}

/** True if the result of a PUT of the invalid key is unknown. */
function mayBeLate({ exchanges, seen }: Observation): boolean {
  return seen === undefined || exchanges.some(({ httpStatus = 500 }) => httpStatus >= 500);
}
