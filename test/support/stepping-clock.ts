import type { Clock } from "../../src/rotation/clock.ts";

/** `sleep` advances the clock at once. */
export class SteppingClock implements Clock {
  #now: number;
  readonly now = () => this.#now;
  readonly sleep = (ms: number) => {
    this.#now += ms;
    return new Promise<void>(setImmediate);
  };

  constructor(startedAt: number) {
    this.#now = startedAt;
  }
}
