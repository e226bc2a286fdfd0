import { type Answer, type ErrorBody, errorAnswer } from "./responses.ts";

/** What goes wrong with an answer. `applied` says whether the request is carried out all the same. */
export type Fault = { readonly applied?: boolean } & (
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body?: ErrorBody;
      /** Repeat the request's body in the error. */
      readonly echo?: boolean;
      /** What the error says. */
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "redirect"; readonly status: 301 | 302 | 307 | 308; readonly location: string }
  | { readonly kind: "reset" }
  | { readonly kind: "hang" }
  /** The right status with a body that makes no sense. */
  | { readonly kind: "body"; readonly body: keyof typeof BODIES }
  /** The right answer, a byte at a time. */
  | { readonly kind: "drip"; readonly intervalMs?: number }
  /** Half the right answer, then silence. */
  | { readonly kind: "stall" }
  /** Blanks without end, or so many bytes of them (100 MB). */
  | { readonly kind: "huge"; readonly bytes?: number }
  /** Somebody else changes the connection just before the request is handled. */
  | { readonly kind: "touch" }
);

/** A fault and the requests that it meets; `GET` covers lists too. Once, unless `times` says otherwise. */
export interface FaultOrder {
  readonly method?: "GET" | "LIST" | "PUT";
  readonly connection?: string;
  readonly environment?: string;
  readonly times?: number;
  /** So many matching requests pass first. */
  readonly afterTimes?: number;
  readonly fault: Fault;
}

export interface FaultTarget {
  readonly method: string;
  readonly environmentId?: string;
  readonly connection?: string;
}

const BODIES = {
  empty: () => "",
  html: () => "<html><body>Welcome</body></html>",
  truncated: (body: string) => body.slice(0, body.length / 2),
  array: () => "[]",
  null: () => "null",
} as const satisfies Record<string, (body: string) => string>;

const NOT_APPLIED: readonly Fault["kind"][] = ["status", "redirect", "reset", "hang"];

export function isApplied(fault: Fault): boolean {
  return fault.applied ?? !NOT_APPLIED.includes(fault.kind);
}

/** The answer as the fault leaves it. */
export function distort(answer: Answer, fault: Fault, requestBody: string): Answer {
  switch (fault.kind) {
    case "status": {
      const { text = fault.echo ? `The request was refused: ${requestBody}` : "A fault was ordered." } =
        fault;
      const error = errorAnswer(fault.status, text, fault.body);
      return { ...error, headers: { ...error.headers, ...fault.headers } };
    }
    case "redirect":
      return { status: fault.status, headers: { location: fault.location }, body: "" };
    case "body":
      return { ...answer, body: BODIES[fault.body](answer.body) };
    case "drip":
      return { ...answer, transfer: { kind: "drip", intervalMs: fault.intervalMs ?? 1_000 } };
    case "huge":
      return { ...answer, transfer: { kind: "huge", bytes: fault.bytes ?? 100_000_000 } };
    case "reset":
    case "hang":
    case "stall":
      return { ...answer, transfer: { kind: fault.kind } };
    case "touch":
      return answer;
  }
}

/** The faults still to come. */
export class Faults {
  readonly #orders: { order: FaultOrder; toSkip: number; left: number }[] = [];

  add(order: FaultOrder): void {
    this.#orders.push({ order, toSkip: order.afterTimes ?? 0, left: order.times ?? 1 });
  }

  /** The first fault due for this request; every order that the request matches counts it. */
  take(target: FaultTarget): Fault | undefined {
    for (const entry of this.#orders.filter(({ order, left }) => left > 0 && matches(order, target))) {
      entry.toSkip -= 1;
      if (entry.toSkip >= 0) continue;
      entry.left -= 1;
      return entry.order.fault;
    }
    return undefined;
  }
}

function matches(order: FaultOrder, target: FaultTarget): boolean {
  return (
    (order.method === undefined || matchesMethod(order.method, target)) &&
    (order.connection === undefined || order.connection === target.connection) &&
    (order.environment === undefined || order.environment === target.environmentId)
  );
}

function matchesMethod(ordered: "GET" | "LIST" | "PUT", { method, connection }: FaultTarget): boolean {
  return ordered === "LIST" ? method === "GET" && connection === undefined : ordered === method;
}
