import { cutToFit, type Report } from "../rotation/report/report.ts";

/** Lambda rejects a response above 6 MB, and the run would count as failed. */
const MAX_RESPONSE_BYTES = 5_000_000;

/** Shortens the report if Lambda could not return it. */
export function toResponse(report: Report): Report {
  return cutToFit(report, (shorter) => Buffer.byteLength(JSON.stringify(shorter)) <= MAX_RESPONSE_BYTES);
}
