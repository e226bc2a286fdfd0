/** The rate limits of Confluent Cloud for one client IP address. */
export const PER_SECOND = 50;
export const PER_MINUTE = 1_000;

/** A client IP address that sends each request as soon as the rate limits allow it. Times are in milliseconds. */
export class Address {
  readonly #sentAt: number[] = [];

  /** Sends `count` requests from `from` on. @returns when the last is sent. */
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
