import * as z from "zod";
import { ERROR_BODY_SHAPES, errorResponse, HTML_PAGE, type SandboxResponse } from "./responses.ts";

const BODIES = {
  empty: () => "",
  html: () => HTML_PAGE,
  truncated: (body: string) => body.slice(0, body.length / 2),
  array: () => "[]",
  null: () => "null",
} as const satisfies Record<string, (body: string) => string>;

/** Whether the request is carried out despite the fault. */
const applied = z.boolean().optional();

const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(200).max(599),
    body: z.enum(ERROR_BODY_SHAPES).optional(),
    /** Quotes the request's body in the error. */
    echo: z.boolean().optional(),
    /** The error's text. */
    text: z.string().optional(),
    headers: z.record(z.string(), z.string()).readonly().optional(),
    applied,
  }),
  z.strictObject({
    kind: z.literal("redirect"),
    status: z.union([z.literal(301), z.literal(302), z.literal(307), z.literal(308)]),
    location: z.string(),
    applied,
  }),
  /** Breaks the TCP connection. */
  z.strictObject({ kind: z.literal("reset"), applied }),
  /** Never answers. */
  z.strictObject({ kind: z.literal("hang"), applied }),
  /** The right status with an unusable body. */
  z.strictObject({
    kind: z.literal("body"),
    body: z.enum(["empty", "html", "truncated", "array", "null"]),
    applied,
  }),
  /** The right response, one byte at a time, one second apart by default. */
  z.strictObject({ kind: z.literal("drip"), intervalMs: z.number().optional(), applied }),
  /** Half the right response, then nothing. */
  z.strictObject({ kind: z.literal("stall"), applied }),
  /** The given number of blanks, 100 MB by default. */
  z.strictObject({ kind: z.literal("huge"), bytes: z.number().optional(), applied }),
  /** Another client changes the connection just before the request is handled. */
  z.strictObject({ kind: z.literal("touch"), applied }),
]);

/** A fault and the requests that meet it: without filters, every request about connections. */
export const faultRule = z.strictObject({
  /** `GET` includes LIST. */
  method: z.enum(["GET", "LIST", "PUT", "POST", "PATCH", "DELETE"]).optional(),
  /** `connections` by default. */
  collection: z.enum(["connections", "statements"]).optional(),
  connection: z.string().optional(),
  statement: z.string().optional(),
  environment: z.string().optional(),
  /** How many requests meet the fault; 1 by default. */
  times: z.number().optional(),
  /** How many matching requests are not affected before. */
  afterTimes: z.number().optional(),
  fault: faultSchema,
});

/** A fault of a response. */
export type Fault = Readonly<z.infer<typeof faultSchema>>;
export type FaultRule = Readonly<z.infer<typeof faultRule>>;

interface FaultTarget {
  readonly method: string;
  readonly environmentId?: string;
  readonly collection?: "connections" | "statements";
  readonly connection?: string;
  readonly statement?: string;
}

const NOT_APPLIED: readonly Fault["kind"][] = ["status", "redirect", "reset", "hang"];

export function isApplied(fault: Fault): boolean {
  return fault.applied ?? !NOT_APPLIED.includes(fault.kind);
}

/** The response with the fault. */
export function applyFault(response: SandboxResponse, fault: Fault, requestBody: string): SandboxResponse {
  switch (fault.kind) {
    case "status": {
      const { text = fault.echo ? `The request was refused: ${requestBody}` : "A fault was configured." } =
        fault;
      const error = errorResponse(fault.status, text, fault.body);
      return { ...error, headers: { ...error.headers, ...fault.headers } };
    }
    case "redirect":
      return { status: fault.status, headers: { location: fault.location }, body: "" };
    case "body":
      return { ...response, body: BODIES[fault.body](response.body) };
    case "drip":
      return { ...response, transfer: { kind: "drip", intervalMs: fault.intervalMs ?? 1_000 } };
    case "huge":
      return { ...response, transfer: { kind: "huge", bytes: fault.bytes ?? 100_000_000 } };
    case "reset":
    case "hang":
    case "stall":
      return { ...response, transfer: { kind: fault.kind } };
    case "touch":
      return response;
  }
}

/** The pending faults. */
export class Faults {
  readonly #pending: { readonly rule: FaultRule; toSkip: number; left: number }[] = [];

  add(rule: FaultRule): void {
    this.#pending.push({ rule, toSkip: rule.afterTimes ?? 0, left: rule.times ?? 1 });
  }

  clear(): void {
    this.#pending.length = 0;
  }

  /** The first fault due for this request. Each rule that it matches counts it until one is due. */
  take(target: FaultTarget): Fault | undefined {
    for (const entry of this.#pending.filter(({ rule, left }) => left > 0 && matches(rule, target))) {
      entry.toSkip -= 1;
      if (entry.toSkip >= 0) continue;
      entry.left -= 1;
      return entry.rule.fault;
    }
    return undefined;
  }
}

function matches(rule: FaultRule, target: FaultTarget): boolean {
  return (
    (rule.method === undefined || matchesMethod(rule.method, target)) &&
    (rule.collection ?? "connections") === (target.collection ?? "connections") &&
    (rule.statement === undefined || rule.statement === target.statement) &&
    (rule.connection === undefined || rule.connection === target.connection) &&
    (rule.environment === undefined || rule.environment === target.environmentId)
  );
}

function matchesMethod(
  wanted: NonNullable<FaultRule["method"]>,
  { method, connection, statement }: FaultTarget,
): boolean {
  const isCollection = connection === undefined && statement === undefined;
  return wanted === "LIST" ? method === "GET" && isCollection : wanted === method;
}
