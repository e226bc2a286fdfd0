/** The limits of Confluent Cloud for one client address. */
export const PER_SECOND = 50;
export const PER_MINUTE = 1_000;

/** One client address: when each request may be sent without breaking a limit, in milliseconds. */
export class Address {
  readonly #sentAt: number[] = [];

  /** Sends `count` requests, none before `from`. @returns when the last is sent. */
  send(count: number, from: number): number {
    let at = from;
    for (let sent = 0; sent < count; sent += 1) {
      const second = (this.#sentAt.at(-PER_SECOND) ?? -Infinity) + 1_000;
      const minute = (this.#sentAt.at(-PER_MINUTE) ?? -Infinity) + 60_000;
      at = Math.max(at, second, minute);
      this.#sentAt.push(at);
    }
    return at;
  }
}
