import { AwsError } from "./error.ts";

/** What goes wrong, and for which calls: each filter that is left out matches every call. */
export interface AwsFault {
  readonly operation?: string;
  /** The name or an ARN of a secret. */
  readonly secretId?: string;
  readonly topicArn?: string;
  /** After so many matching calls the fault is over; without it, it stays. */
  readonly times?: number;
  /** The error's code, such as `AccessDeniedException`. */
  readonly error?: string;
  readonly message?: string;
  readonly status?: number;
  readonly latencyMs?: number;
  /** `reset` loses the request, `lost-answer` applies it and loses the answer, `silence` never answers. */
  readonly connection?: "reset" | "lost-answer" | "silence";
  /** Readers of the secret go on seeing it as it was before this call. */
  readonly invisibleForMs?: number;
}

export interface AwsTarget {
  readonly operation: string;
  readonly secretArn: string | undefined;
  readonly topicArn: string | undefined;
}

/** Faults in the order in which they were ordered; the first that matches a call is the one that happens. */
export class AwsFaults {
  readonly #arnOf: (secretId: string) => string;
  readonly #orders: { fault: AwsFault; left: number }[] = [];

  constructor(arnOf: (secretId: string) => string) {
    this.#arnOf = arnOf;
  }

  /** Orders a fault; the function returned withdraws it. */
  order(fault: AwsFault): () => void {
    const order = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    this.#orders.push(order);
    return () => {
      order.left = 0;
    };
  }

  take(target: AwsTarget): AwsFault {
    const order = this.#orders.find(({ fault, left }) => left > 0 && this.#matches(fault, target));
    if (!order) return {};
    order.left -= 1;
    return order.fault;
  }

  #matches({ operation, secretId, topicArn }: AwsFault, target: AwsTarget): boolean {
    if (operation !== undefined && operation !== target.operation) return false;
    if (topicArn !== undefined && topicArn !== target.topicArn) return false;
    return secretId === undefined || this.#arnOf(secretId) === target.secretArn;
  }
}

export function throwOrdered({ error, message, status }: AwsFault): void {
  if (error !== undefined) throw new AwsError(error, message ?? `${error}, as ordered.`, status);
}
