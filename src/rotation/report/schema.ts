import * as z from "zod/mini";
import { ERROR_CLASSES } from "../errors.ts";

/** What can become of a connection. */
export const OUTCOMES = [
  "ready",
  "failed",
  "unverified",
  "rolled-back",
  "not-attempted",
  "skipped",
  "planned",
] as const;

const text = z.exactOptional(z.string());
const names = z.exactOptional(z.readonly(z.array(z.string())));

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
    secret: z.string(),
    secretVersionId: text,
    httpStatus: z.exactOptional(z.number()),
    requestId: text,
    /** From the accepted PUT to the verdict; 0 without a PUT. */
    durationMs: z.number(),
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
    counts: z.readonly(z.record(z.enum(OUTCOMES), z.number())),
    connections: z.readonly(z.array(outcomeSchema)),
  }),
);
