import * as z from "zod/mini";
import { ERROR_CLASSES } from "../errors.ts";

/** What can become of a connection. */
export const OUTCOMES = [
  "ready",
  "applied",
  "failed",
  "unverified",
  "rolled-back",
  "not-attempted",
  "skipped",
  "planned",
] as const;

const text = z.exactOptional(z.string());
const names = z.exactOptional(z.readonly(z.array(z.string())));

/** How much is known of a key, and from whom. */
export const evidenceSchema = z.readonly(
  z.object({
    /** What the key's provider said before the PUT. */
    provider: z.enum(["valid", "refused", "unknown", "not-asked"]),
    /** What Confluent's phase said after the PUT. */
    phase: z.enum(["ready", "silent", "refused", "unreachable", "unsettled", "not-seen"]),
    /** What came of a statement that used the connection after the PUT. */
    statement: z.enum(["completed", "refused", "failed", "not-run"]),
  }),
);

/** The report's entry for one connection. */
export const outcomeSchema = z.readonly(
  z.object({
    name: z.string(),
    environment: z.string(),
    type: z.string(),
    outcome: z.enum(OUTCOMES),
    errorClass: z.exactOptional(z.enum(ERROR_CLASSES)),
    /** The last phase that was read, upper case. */
    phase: text,
    detail: text,
    evidence: evidenceSchema,
    secret: z.string(),
    secretVersionId: text,
    /** The version with the label AWSPREVIOUS, if the connection holds a refused key or was given that version back and is not known to work. */
    previousVersionId: text,
    /** `previous`: the new key was not sent, or the previous one was put back. Absent if the outcome says it. */
    holds: z.exactOptional(z.enum(["previous", "unknown"])),
    /** The phase before the run if it was neither READY nor empty. */
    phaseBefore: text,
    /** ISO 8601: since when the connection fails with this version of the secret, or lacks it, if that was so before the run. */
    failingSince: text,
    httpStatus: z.exactOptional(z.number()),
    requestId: text,
    /** From the accepted PUT to the verdict; 0 without a PUT. */
    durationMs: z.number(),
    message: text,
    nextStep: text,
  }),
);

/** What a run did about a statement that still ran with the previous key. */
const STATEMENT_ACTIONS = [
  /** It is only named. */
  "reported",
  /** A dry run: a run would restart it. */
  "would-restart",
  /** It runs again, with the new key. */
  "restarted",
  /** An earlier run had stopped it; it runs again. */
  "resumed",
  /** It was left as it is, for the reason in the message. */
  "not-restarted",
  /** The rotator has stopped it, and it does not run again. */
  "not-resumed",
] as const;

export type StatementAction = (typeof STATEMENT_ACTIONS)[number];

/** The report's entry for one statement. */
export const statementSchema = z.readonly(
  z.object({
    environment: z.string(),
    name: z.string(),
    /** The last phase that was read, upper case. */
    phase: z.string(),
    /** The connections whose old key it uses, as far as the service tells. */
    connections: z.readonly(z.array(z.string())),
    action: z.enum(STATEMENT_ACTIONS),
    message: text,
    nextStep: text,
  }),
);

/** What starts a run. */
export const triggerSchema = z.readonly(
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("schedule") }),
    z.object({ kind: z.literal("secret-change"), secret: z.string(), versionId: text }),
    z.object({
      kind: z.literal("direct"),
      connections: names,
      secrets: names,
      dryRun: z.exactOptional(z.boolean()),
      alert: z.exactOptional(z.boolean()),
    }),
    z.object({ kind: z.literal("ignored"), reason: z.string(), secret: text }),
  ]),
);

/** The result of a run: returned to a direct caller, sent to machines that subscribe to the alert, logged. */
export const reportSchema = z.readonly(
  z.object({
    outcome: z.enum(["succeeded", "failed", "unverified"]),
    trigger: triggerSchema,
    /** ISO 8601. */
    startedAt: z.string(),
    durationMs: z.number(),
    /** Requests sent to Confluent. */
    requests: z.number(),
    /** Of the rotator; absent in reports of versions before 0.1. */
    version: text,
    counts: z.readonly(z.record(z.enum(OUTCOMES), z.number())),
    connections: z.readonly(z.array(outcomeSchema)),
    /** Outcomes that are left out of `connections` because the report would be too large; absent if there are none. */
    omitted: z.exactOptional(z.readonly(z.object({ connections: z.number(), message: z.string() }))),
    /** Statements that still ran with the previous key; at least these. Absent if there are none. */
    statements: z.exactOptional(z.readonly(z.array(statementSchema))),
  }),
);
