import * as z from "zod";
import type { SandboxResponse } from "../confluent/responses.ts";
import type { ProviderName } from "./keys.ts";

/** An unusual response and the requests that receive it. */
export const providerFault = z.strictObject({
  /** A connection type; `AWS` and `OAUTH2` cover several. Without it, every request receives the response. */
  provider: z.string().optional(),
  /** How many requests receive it; 1 by default. */
  times: z.number().optional(),
  /** The status of the response, with a raw body and additional headers. */
  status: z.int().min(200).max(599).optional(),
  body: z.string().optional(),
  headers: z.record(z.string(), z.string()).readonly().optional(),
  /** Never responds, breaks the TCP connection, sends half the response, or sends the given number of blanks. */
  transfer: z
    .union([z.enum(["hang", "reset", "stall"]), z.strictObject({ hugeBytes: z.number() })])
    .optional(),
});

export type ProviderFault = Readonly<z.infer<typeof providerFault>>;

/** The pending unusual responses. */
export class ProviderFaults {
  readonly #pending: { readonly fault: ProviderFault; left: number }[] = [];

  add(fault: ProviderFault): void {
    this.#pending.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#pending.length = 0;
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

/** The response with the fault. */
export function withFault(answer: SandboxResponse, fault: ProviderFault): SandboxResponse {
  const { status = answer.status, body = answer.body, headers, transfer } = fault;
  const changed = { status, body, headers: { ...answer.headers, ...headers } };
  if (transfer === undefined) return changed;
  return typeof transfer === "string"
    ? { ...changed, transfer: { kind: transfer } }
    : { ...changed, transfer: { kind: "huge", bytes: transfer.hugeBytes } };
}
