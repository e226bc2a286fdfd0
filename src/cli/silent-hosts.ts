import { observeRequests } from "./request-events.ts";

const TOLD_AFTER_MS = 1_000;

/** Finds the hosts that have not responded for a second, including retries. */
export class SilentHosts {
  readonly #since = new Map<string, number>();
  readonly #now: () => number;
  readonly #end: () => void;

  constructor(now: () => number) {
    this.#now = now;
    this.#end = observeRequests({
      started: ({ url }) => {
        const host = hostOf(url);
        if (!this.#since.has(host)) this.#since.set(host, now());
      },
      ended: ({ url }, { status }) => {
        if (status !== undefined) this.#since.delete(hostOf(url));
      },
    });
  }

  /** Such as "No response from flink.us-west-2.aws.confluent.cloud for 3 s."; `undefined` if every host responds. */
  text(): string | undefined {
    const silent = [...this.#since].map(([host, since]) => ({ host, ms: this.#now() - since }));
    const [longest] = silent.toSorted((a, b) => b.ms - a.ms);
    if (longest === undefined || longest.ms < TOLD_AFTER_MS) return undefined;
    return `No response from ${longest.host} for ${Math.floor(longest.ms / 1_000)} s.`;
  }

  end(): void {
    this.#end();
  }
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? url;
}
