import type { DurableContext } from "@aws/durable-execution-sdk-js";

/** The billed items of an execution. */
export interface Meter {
  operations: number;
  bytesWritten: number;
  /** Starts of the orchestrator: the first one, and one for each response. */
  invocations: number;
}

/** A function that starts at `at` and ends at `endsAt`, in milliseconds. */
export type VirtualFunction = (
  event: string,
  at: number,
  slot: number,
) => { response: string; endsAt: number };

/** The part of the durable engine that the orchestrator uses, in virtual time, without late or lost responses. */
export class VirtualEngine {
  readonly meter: Meter = { operations: 1, bytesWritten: 0, invocations: 1 };
  now = 0;
  readonly #call: VirtualFunction;

  constructor(call: VirtualFunction) {
    this.#call = call;
  }

  context(): DurableContext {
    const map = async <T, R>(
      _name: string,
      items: T[],
      work: (context: DurableContext, item: T) => Promise<R>,
      { maxConcurrency }: { maxConcurrency: number },
    ) => {
      const freeAt = Array.from({ length: maxConcurrency }, () => this.now);
      const all: { index: number; result: R }[] = [];
      for (const [index, item] of items.entries()) {
        const slot = freeAt.indexOf(Math.min(...freeAt));
        this.now = freeAt[slot] ?? 0;
        all.push({ index, result: await work(this.#branch(slot), item) });
        freeAt[slot] = this.now;
      }
      this.now = Math.max(...freeAt);
      this.#count(JSON.stringify(all).length > 256 * 1_024 ? "" : JSON.stringify(all));
      return { all };
    };
    return { ...this.#operations(0), map } as unknown as DurableContext;
  }

  #branch(slot: number): DurableContext {
    return this.#operations(slot) as unknown as DurableContext;
  }

  #operations(slot: number) {
    return {
      lambdaContext: { invokedFunctionArn: "fleet", functionName: "fleet" },
      executionContext: { durableExecutionArn: "fleet" },
      step: async (_name: string, work: () => Promise<unknown>) => this.#count(await work()),
      runInChildContext: async (_name: string, work: () => Promise<unknown>) => this.#count(await work()),
      invoke: async (_name: string, _function: string, event: unknown): Promise<unknown> => {
        const payload = JSON.stringify(event);
        const { response, endsAt } = this.#call(payload, this.now, slot);
        this.now = endsAt;
        this.#count(payload + response);
        this.meter.invocations += 1;
        return JSON.parse(response);
      },
      wait: () => {
        this.#count("");
        return new Promise<never>(() => {});
      },
    };
  }

  #count<T>(written: T): T {
    this.meter.operations += 1;
    this.meter.bytesWritten += Buffer.byteLength(JSON.stringify(written) ?? "");
    return written;
  }
}
