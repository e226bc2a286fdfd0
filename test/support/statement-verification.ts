import { evidenceOfPhase, type OutcomeDetails } from "../../src/rotation/outcome.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { verifyByStatement } from "../../src/rotation/statements/verification.ts";
import type { UpdateRequest } from "../../src/rotation/update.ts";
import type { StatementSettings } from "../../src/sandbox/confluent/statement.ts";
import { connection, HOUR_MS, secretVersion } from "./builders.ts";
import { fakeWorld } from "./fake-world.ts";
import { type ReplacedStatements, statementSession } from "./statement-session.ts";
import { shown } from "./untrusted.ts";

const VERIFY = { name: "smoke", sql: "SELECT ML_PREDICT('openai', 'ping')", timeoutMs: 60_000 };
export const READY: OutcomeDetails = { outcome: "ready", phase: "READY", evidence: evidenceOfPhase("ready") };

interface Options {
  /** The outcome according to the phase after the PUT. */
  readonly details?: OutcomeDetails;
  readonly settings?: Partial<StatementSettings>;
  /** The keys that the provider accepts; the connection holds `old-key`. */
  readonly accepts?: readonly string[];
  readonly keyAgeMs?: number;
  readonly remainingMs?: number;
  readonly request?: Partial<UpdateRequest>;
  readonly api?: ReplacedStatements;
}

/** Verifies the key of a connection by a statement, for which the service needs two seconds. */
export async function verify(options: Options = {}) {
  const { details = READY, settings, accepts = ["old-key"], keyAgeMs = HOUR_MS, remainingMs } = options;
  const world = fakeWorld(remainingMs === undefined ? {} : { remainingMs });
  world.confluent.add("openai", { accepts });
  const stored = world.confluent.statements;
  stored.configure({ pendingMs: 1_000, runMs: 1_000, ...settings });
  const session = statementSession(world, options.api);
  const request: UpdateRequest = {
    connection: connection({ name: "openai", verify: VERIFY }),
    version: secretVersion({ createdAt: world.clock.now() - keyAgeMs }),
    data: new Secret("{}"),
    isKeyProven: false,
    assertCurrent: () => Promise.resolve(),
    ...options.request,
  };
  const startedAt = world.clock.now();
  const result = await verifyByStatement(world.context, session, request, { details, mayHoldVersion: true });
  const seconds = (world.clock.now() - startedAt) / 1_000;
  await session.deletionsDone();
  const requests = world.confluent.requests.map(({ method }) => method);
  const count = (wanted: (typeof requests)[number]) => requests.filter((each) => each === wanted).length;
  return {
    notes: world.notes,
    progress: world.progress,
    details: shown(result.details),
    mayHoldVersion: result.mayHoldVersion,
    /** The names of the remaining statements. */
    left: stored.names,
    submitted: count("POST statement"),
    read: count("GET statement"),
    deleted: count("DELETE statement"),
    seconds,
  };
}
