import * as z from "zod/mini";
import { reportSchema } from "../rotation/report/schema.ts";

/** The alert as the orchestrator passes it to the alert function. */
export const alertEvent = z.object({
  subject: z.string(),
  text: z.string(),
  sms: z.string(),
  chat: z.string(),
  attributes: z.record(z.string(), z.array(z.string())),
  report: z.exactOptional(reportSchema),
});
