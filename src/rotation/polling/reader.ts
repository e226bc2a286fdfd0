import type { ConnectionState } from "../connection.ts";
import type { ConnectionsApi } from "../dependencies.ts";
import { RotationError } from "../errors.ts";

export const PAGE_SIZE = 100;

/** The first page has no token. */
const FIRST_PAGE = "";

/** The connection, `undefined` if it does not exist, or the error if it could not be read. */
export type ReadResult = ConnectionState | RotationError | undefined;

type OnRead = (name: string, result: ReadResult) => void;

/**
 * Reads the connections of one environment with as few requests as possible. It remembers the page that listed each
 * connection, so that a later read costs only the pages that hold the requested ones.
 */
export class ConnectionReader {
  readonly #api: ConnectionsApi;
  readonly #pageOf = new Map<string, string>();
  readonly #listing = new Set<string>();

  constructor(api: ConnectionsApi) {
    this.#api = api;
  }

  /** True while the page that listed the connection is being read. */
  isListing(name: string): boolean {
    const page = this.#pageOf.get(name);
    return page !== undefined && this.#listing.has(page);
  }

  /**
   * Calls `onRead` at least once for each of the names, and also for others that a page happens to show.
   * @throws RotationError if a page cannot be read. If a GET fails, the error is the result for its name.
   */
  async read(names: readonly string[], onRead: OnRead): Promise<void> {
    const byPage = Map.groupBy(names, (name) => this.#pageOf.get(name));
    await Promise.all(
      [...byPage].map(([page, onPage]) =>
        page === undefined ? this.#search(onPage, onRead) : this.#readPage(page, onPage, onRead),
      ),
    );
  }

  /**
   * Lists pages as long as that can be cheaper than one GET per missing name. Names that no page contained are fetched one
   * by one: the list may have changed meanwhile.
   */
  async #search(names: readonly string[], onRead: OnRead): Promise<void> {
    const missing = new Set(names);
    let page: string | undefined = FIRST_PAGE;
    for (let pages = 0; page !== undefined && missing.size > 1 && pages < names.length; pages += 1) {
      page = await this.#list(page, (name, result) => {
        missing.delete(name);
        onRead(name, result);
      });
    }
    await this.#getEach(missing, onRead);
  }

  async #readPage(page: string, names: readonly string[], onRead: OnRead): Promise<void> {
    const missing = new Set(names);
    if (missing.size > 1) {
      await this.#list(page, (name, result) => {
        missing.delete(name);
        onRead(name, result);
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
    for (const state of connections) {
      this.#pageOf.set(state.name, page);
      onRead(state.name, state);
    }
    return nextToken;
  }

  /** A page token may expire. The API then answers 400, and the connections of the page are fetched one by one. */
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
