import * as z from "zod/mini";
import { ERROR_CLASSES } from "../rotation/errors.ts";
import { OUTCOMES } from "../rotation/outcome.ts";

const text = z.exactOptional(z.string());
const texts = z.exactOptional(z.array(z.string()));

const outcome = z.object({
  name: z.string(),
  environment: z.string(),
  type: z.string(),
  outcome: z.enum(OUTCOMES),
  errorClass: z.exactOptional(z.enum(ERROR_CLASSES)),
  phase: text,
  detail: text,
  secret: z.string(),
  secretVersionId: text,
  httpStatus: z.exactOptional(z.number()),
  requestId: text,
  durationMs: z.number(),
  message: text,
  nextStep: text,
});

/** What is used of the ordinary function's answer. */
export const batchReport = z.object({ requests: z.number(), connections: z.array(outcome) });

const trigger = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("schedule") }),
  z.object({ kind: z.literal("secret-change"), secret: z.string(), versionId: text }),
  z.object({
    kind: z.literal("direct"),
    connections: texts,
    secrets: texts,
    dryRun: z.exactOptional(z.boolean()),
  }),
  z.object({ kind: z.literal("ignored"), reason: z.string(), secret: text }),
]);

const report = z.extend(batchReport, {
  outcome: z.enum(["succeeded", "failed", "unverified"]),
  trigger,
  startedAt: z.string(),
  durationMs: z.number(),
  counts: z.record(z.enum(OUTCOMES), z.number()),
});

/** The alert as the orchestrator hands it over. */
export const alertEvent = z.object({
  subject: z.string(),
  text: z.string(),
  attributes: z.record(z.string(), z.array(z.string())),
  report: z.exactOptional(report),
});
