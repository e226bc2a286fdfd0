import * as z from "zod";
import type { SandboxResponse } from "../confluent/responses.ts";
import type { ProviderName } from "./keys.ts";

/** An odd answer to a request, and the requests that get it. */
export const providerFault = z.strictObject({
  /** A connection type; `AWS` and `OAUTH2` stand for several. Without it, every request gets the answer. */
  provider: z.string().optional(),
  /** How many requests get it; 1 by default. */
  times: z.number().optional(),
  /** The status of the answer, with a body as it is and further headers. */
  status: z.int().min(200).max(599).optional(),
  body: z.string().optional(),
  headers: z.record(z.string(), z.string()).readonly().optional(),
  /** Never answers, breaks the connection, sends half the answer, or sends that many blanks. */
  transfer: z
    .union([z.enum(["hang", "reset", "stall"]), z.strictObject({ hugeBytes: z.number() })])
    .optional(),
});

export type ProviderFault = Readonly<z.infer<typeof providerFault>>;

/** The odd answers that are still to be given. */
export class ProviderFaults {
  readonly #pending: { readonly fault: ProviderFault; left: number }[] = [];

  add(fault: ProviderFault): void {
    this.#pending.push({ fault, left: fault.times ?? 1 });
  }

  take(provider: ProviderName | undefined): ProviderFault | undefined {
    const entry = this.#pending.find(
      ({ fault, left }) => left > 0 && (fault.provider === undefined || fault.provider === provider),
    );
    if (entry === undefined) return undefined;
    entry.left -= 1;
    return entry.fault;
  }
}

/** The answer as the fault leaves it. */
export function withFault(answer: SandboxResponse, fault: ProviderFault): SandboxResponse {
  const { status = answer.status, body = answer.body, headers, transfer } = fault;
  const changed = { status, body, headers: { ...answer.headers, ...headers } };
  if (transfer === undefined) return changed;
  return typeof transfer === "string"
    ? { ...changed, transfer: { kind: transfer } }
    : { ...changed, transfer: { kind: "huge", bytes: transfer.hugeBytes } };
}
