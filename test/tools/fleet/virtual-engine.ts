import type { DurableContext } from "@aws/durable-execution-sdk-js";

/** What an execution is charged for. */
export interface Meter {
  operations: number;
  bytesWritten: number;
  /** How often the orchestrator is started: at first, and for whatever it waited for. */
  invocations: number;
}

/** A function that is called at a time and answers at another, in milliseconds. */
export type VirtualFunction = (event: string, at: number, lane: number) => { answer: string; endsAt: number };

/** The engine as the orchestrator uses it, in virtual time: no answer is late, and nothing is lost. */
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
        const lane = freeAt.indexOf(Math.min(...freeAt));
        this.now = freeAt[lane] ?? 0;
        all.push({ index, result: await work(this.#branch(lane), item) });
        freeAt[lane] = this.now;
      }
      this.now = Math.max(...freeAt);
      this.#count(JSON.stringify(all).length > 256 * 1_024 ? "" : JSON.stringify(all));
      return { all };
    };
    return { ...this.#operations(0), map } as unknown as DurableContext;
  }

  #branch(lane: number): DurableContext {
    return this.#operations(lane) as unknown as DurableContext;
  }

  #operations(lane: number) {
    return {
      lambdaContext: { invokedFunctionArn: "fleet" },
      step: async (_name: string, work: () => Promise<unknown>) => this.#count(await work()),
      runInChildContext: async (_name: string, work: () => Promise<unknown>) => this.#count(await work()),
      invoke: async (_name: string, _function: string, event: unknown): Promise<unknown> => {
        const payload = JSON.stringify(event);
        const { answer, endsAt } = this.#call(payload, this.now, lane);
        this.now = endsAt;
        this.#count(payload + answer);
        this.meter.invocations += 1;
        return JSON.parse(answer);
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
