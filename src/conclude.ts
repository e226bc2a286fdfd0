import type { Telemetry } from "./adapters/telemetry.ts";
import { RotationFailedError } from "./rotation/errors.ts";
import type { Report } from "./rotation/report.ts";

export interface SentAlert {
  readonly subject: string;
  /** Why it could not be sent. */
  readonly fault: string | undefined;
}

/**
 * How a run ends of which something was to be told: a direct caller gets the report, whatever it says.
 * @throws RotationFailedError for any other, unless all is well, so that whoever waits sees it.
 */
export function conclude(report: Report, { subject, fault }: SentAlert, telemetry: Telemetry): Report {
  const isWell = report.outcome === "succeeded" && fault === undefined;
  if (report.trigger.kind === "direct" || isWell) return report;
  const lines = [subject, ...faultLine(fault)];
  telemetry.failed(lines.join(" "));
  throw new RotationFailedError(lines.join("\n"));
}

/** What is thrown where a run could not start. */
export function startFailure(error: Error, fault: string | undefined): Error {
  if (fault === undefined) return error;
  return new RotationFailedError([error.message, ...faultLine(fault)].join("\n"), { cause: error });
}

function faultLine(fault: string | undefined): string[] {
  return fault === undefined ? [] : [`The alert could not be sent: ${fault}`];
}
