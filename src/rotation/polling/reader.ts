import type { ConnectionState } from "../connection.ts";
import type { ConnectionsApi } from "../dependencies.ts";
import { RotationError } from "../errors.ts";

export const PAGE_SIZE = 100;

/** The first page has no token. */
const FIRST_PAGE = "";
/** What the API may answer to a page token that has expired. */
const TOKEN_EXPIRED = [400, 404, 410];

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
  /** False once GET has shown what LIST does not. */
  #isListable = true;
  #isSilenceChecked = false;

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
   * @throws RotationError if nothing can be read. If only one GET fails, the error is the result for its name.
   */
  async read(names: readonly string[], onRead: OnRead): Promise<void> {
    const byPage = Map.groupBy(names, (name) => this.#pageOf.get(name));
    await Promise.all([...byPage].map(([page, onPage]) => this.#readTogether(page, onPage, onRead)));
  }

  /** Names that no page contained are fetched one by one: the list may have changed meanwhile. */
  async #readTogether(page: string | undefined, names: readonly string[], onRead: OnRead): Promise<void> {
    const missing = new Set(names);
    const found: OnRead = (name, result) => {
      missing.delete(name);
      onRead(name, result);
    };
    try {
      if (page === undefined) await this.#search(missing, found);
      else if (this.#isListable && missing.size > 1) await this.#list(page, found);
    } catch (error) {
      await this.#getInstead(error, missing, found);
    }
    await Promise.all([...missing].map(async (name) => onRead(name, await this.#get(name))));
  }

  /** Lists pages as long as that can be cheaper than one GET per missing name. */
  async #search(missing: ReadonlySet<string>, found: OnRead): Promise<void> {
    const maxPages = missing.size;
    const seen = new Set<string>();
    let page: string | undefined = this.#isListable ? FIRST_PAGE : undefined;
    while (page !== undefined && !seen.has(page) && seen.size < maxPages && missing.size > 1) {
      seen.add(page);
      page = await this.#list(page, found);
    }
  }

  /** @returns the next page, if there is one. */
  async #list(page: string, found: OnRead): Promise<string | undefined> {
    this.#listing.add(page);
    try {
      const { connections, nextToken } = await this.#api.list(page === FIRST_PAGE ? undefined : page);
      if (await this.#isPhaseHidden(connections)) return undefined;
      for (const state of connections) {
        this.#pageOf.set(state.name, page);
        found(state.name, state);
      }
      return nextToken;
    } catch (error) {
      if (page === FIRST_PAGE || !TOKEN_EXPIRED.includes(statusOf(error))) throw error;
      for (const [name, known] of this.#pageOf) if (known === page) this.#pageOf.delete(name);
      return undefined;
    } finally {
      this.#listing.delete(page);
    }
  }

  /** After a failed LIST, one GET shows whether more of them are worth sending. @throws the error of the LIST if not */
  async #getInstead(error: unknown, missing: ReadonlySet<string>, found: OnRead): Promise<void> {
    const [name] = missing;
    if (name === undefined || !(error instanceof RotationError) || !mayConcernListOnly(error)) throw error;
    const result = await this.#get(name);
    if (result instanceof RotationError) throw error;
    this.#isListable = false;
    found(name, result);
  }

  /** The first time a page shows no phase for a connection, one GET shows whether the page leaves it out. */
  async #isPhaseHidden(listed: readonly ConnectionState[]): Promise<boolean> {
    const silent = listed.find(({ phase }) => phase === "");
    if (silent === undefined || this.#isSilenceChecked) return false;
    this.#isSilenceChecked = true;
    const single = await this.#get(silent.name);
    const isHidden = single !== undefined && !(single instanceof RotationError) && single.phase !== "";
    if (isHidden) this.#isListable = false;
    return isHidden;
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

function mayConcernListOnly({ errorClass, response: { httpStatus = 0 } }: RotationError): boolean {
  return !["unreachable", "throttled"].includes(errorClass) && ![401, 404].includes(httpStatus);
}

function statusOf(error: unknown): number {
  return error instanceof RotationError ? (error.response.httpStatus ?? 0) : 0;
}
