import type { ConnectionState } from "../connection.ts";
import type { ConnectionsApi } from "../dependencies.ts";
import { RotationError } from "../errors.ts";

export const PAGE_SIZE = 100;

/** The first page has no token. */
const FIRST_PAGE = "";

/** What was seen of a connection: `undefined` where there is none, an error where it could not be read. */
export type ReadResult = ConnectionState | RotationError | undefined;

type OnRead = (name: string, sight: ReadResult) => void;

/**
 * Looks at the connections of one environment with as few requests as there are pages. It remembers the page on which
 * each was listed, so that a later look costs only the pages that hold what is asked for.
 */
export class ConnectionReader {
  readonly #api: ConnectionsApi;
  readonly #pageOf = new Map<string, string>();
  readonly #listing = new Set<string>();

  constructor(api: ConnectionsApi) {
    this.#api = api;
  }

  /** True while the page on which the connection was listed is being read. */
  isListing(name: string): boolean {
    const page = this.#pageOf.get(name);
    return page !== undefined && this.#listing.has(page);
  }

  /**
   * Calls `onSight` at least once for each of the names; for others too, where a page happens to show them.
   * @throws RotationError when a page cannot be read; a failing GET is a sight of its own.
   */
  async read(names: readonly string[], onRead: OnRead): Promise<void> {
    const byPage = Map.groupBy(names, (name) => this.#pageOf.get(name));
    await Promise.all(
      [...byPage].map(([page, onPage]) =>
        page === undefined ? this.#search(onPage, onRead) : this.#lookAtPage(page, onPage, onRead),
      ),
    );
  }

  /** By LIST while that may still be fewer requests than a GET for each that is not found yet, else by GETs. What no page shows is asked for by name, since a list may change while it is read. */
  async #search(names: readonly string[], onRead: OnRead): Promise<void> {
    const missing = new Set(names);
    let page: string | undefined = FIRST_PAGE;
    for (let pages = 0; page !== undefined && missing.size > 1 && pages < names.length; pages += 1) {
      page = await this.#list(page, (name, sight) => {
        missing.delete(name);
        onRead(name, sight);
      });
    }
    await this.#getEach(missing, onRead);
  }

  async #lookAtPage(page: string, names: readonly string[], onRead: OnRead): Promise<void> {
    const missing = new Set(names);
    if (missing.size > 1) {
      await this.#list(page, (name, sight) => {
        missing.delete(name);
        onRead(name, sight);
      }).catch((error: unknown) => this.#forget(page, error));
    }
    await this.#getEach(missing, onRead);
  }

  /** @returns the next page, if there is one. */
  async #list(page: string, onRead: OnRead): Promise<string | undefined> {
    this.#listing.add(page);
    const { connections, nextToken } = await this.#api
      .list(page === FIRST_PAGE ? undefined : page)
      .finally(() => this.#listing.delete(page));
    for (const seen of connections) {
      this.#pageOf.set(seen.name, page);
      onRead(seen.name, seen);
    }
    return nextToken;
  }

  /** A page token may end before we do: the API then answers 400, and each connection is looked at by itself. */
  #forget(page: string, error: unknown): void {
    if (!(error instanceof RotationError) || error.response.httpStatus !== 400) throw error;
    for (const [name, known] of this.#pageOf) if (known === page) this.#pageOf.delete(name);
  }

  async #getEach(names: Iterable<string>, onRead: OnRead): Promise<void> {
    await Promise.all([...names].map(async (name) => onRead(name, await this.#get(name))));
  }

  async #get(name: string): Promise<ReadResult> {
    try {
      return await this.#api.get(name);
    } catch (error) {
      if (error instanceof RotationError) return error;
      throw error;
    }
  }
}
