import { cutToFit, type Report } from "../rotation/report/report.ts";

/** Lambda refuses a response of more than 6 MB, and the run would count as failed. */
const MAX_RESPONSE_BYTES = 5_000_000;

/** The report as a function can return it. */
export function toResponse(report: Report): Report {
  return cutToFit(report, (shorter) => Buffer.byteLength(JSON.stringify(shorter)) <= MAX_RESPONSE_BYTES);
}
