import * as z from "zod";
import { AwsError } from "./error.ts";

/** A fault and the calls that it affects. An omitted filter matches every call. */
export const awsFault = z.strictObject({
  operation: z.string().optional(),
  /** The name or an ARN of a secret. */
  secretId: z.string().optional(),
  topicArn: z.string().optional(),
  /** How many matching calls meet the fault; by default all until the fault is removed. */
  times: z.number().optional(),
  /** The error's code, such as `AccessDeniedException`. */
  error: z.string().optional(),
  message: z.string().optional(),
  status: z.int().min(400).max(599).optional(),
  latencyMs: z.number().optional(),
  /** `reset` loses the request, `lost-answer` applies it and loses the response, `silence` never responds. */
  connection: z.enum(["reset", "lost-answer", "silence"]).optional(),
  /** How long reads show the secret as it was before this call. */
  invisibleForMs: z.number().optional(),
});

export type AwsFault = Readonly<z.infer<typeof awsFault>>;

interface AwsTarget {
  readonly operation: string;
  readonly secretArn: string | undefined;
  readonly topicArn: string | undefined;
}

/** Faults in the order in which they were added. A call meets the first that matches. */
export class AwsFaults {
  readonly #arnOf: (secretId: string) => string;
  readonly #pending: { readonly fault: AwsFault; left: number }[] = [];

  constructor(arnOf: (secretId: string) => string) {
    this.#arnOf = arnOf;
  }

  /** @returns a function that removes the fault. */
  add(fault: AwsFault): () => void {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    this.#pending.push(entry);
    return () => {
      entry.left = 0;
    };
  }

  clear(): void {
    this.#pending.length = 0;
  }

  take(target: AwsTarget): AwsFault {
    const entry = this.#pending.find(({ fault, left }) => left > 0 && this.#matches(fault, target));
    if (!entry) return {};
    entry.left -= 1;
    return entry.fault;
  }

  #matches({ operation, secretId, topicArn }: AwsFault, target: AwsTarget): boolean {
    if (operation !== undefined && operation !== target.operation) return false;
    if (topicArn !== undefined && topicArn !== target.topicArn) return false;
    return secretId === undefined || this.#arnOf(secretId) === target.secretArn;
  }
}

/** @throws AwsError if the fault is an error. */
export function throwIfError({ error, message, status }: AwsFault): void {
  if (error !== undefined) throw new AwsError(error, message ?? `${error}, as configured.`, status);
}
