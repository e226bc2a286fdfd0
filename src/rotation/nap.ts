import type { Clock } from "./clock.ts";

/** Without a reason of ours each wake-up would cost an exception with a stack. */
const WOKEN = "woken";

/** A sleep that may be cut short. Who is awake cannot be woken, and looks at what there is to do before the next nap. */
export class CancellableSleep {
  readonly #clock: Clock;
  #wake = new AbortController();
  #endsAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(ms: number): Promise<void> {
    this.#wake = new AbortController();
    this.#endsAt = this.#clock.now() + ms;
    return this.#clock.sleep(ms, this.#wake.signal);
  }

  cancel(): void {
    this.#wake.abort(WOKEN);
  }

  /** Cuts short what would last beyond `at`, in milliseconds since the epoch. */
  cancelAt(at: number): void {
    if (at < this.#endsAt) this.cancel();
  }
}
