import type { StoredConnection } from "./connection.ts";
import { RefusedError } from "./responses.ts";

const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 100;
const TOKEN = "after:";

export interface Page {
  readonly items: readonly StoredConnection[];
  /** The query of the next page; absent on the last one. */
  readonly next: URLSearchParams | undefined;
}

/** One page of the connections, sorted by name. @throws RefusedError 400 for parameters that are not right. */
export function pageOf(connections: Iterable<StoredConnection>, query: URLSearchParams): Page {
  const size = pageSize(query.get("page_size"));
  const type = query.get("spec.connection_type");
  const after = lastName(query.get("page_token"));
  const rest = [...connections]
    .filter(({ spec }) => (type === null || spec.type === type) && spec.name > after)
    .sort((a, b) => (a.spec.name < b.spec.name ? -1 : 1));
  const items = rest.slice(0, size);
  const last = items.at(-1);
  if (rest.length <= size || !last) return { items, next: undefined };
  const next = new URLSearchParams(query);
  next.set("page_token", Buffer.from(`${TOKEN}${last.spec.name}`).toString("base64url"));
  return { items, next };
}

function pageSize(text: string | null): number {
  if (text === null) return DEFAULT_PAGE_SIZE;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= MAX_PAGE_SIZE) return size;
  throw new RefusedError(400, `page_size must be from 1 to ${MAX_PAGE_SIZE}.`);
}

function lastName(token: string | null): string {
  if (token === null) return "";
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith(TOKEN)) throw new RefusedError(400, "page_token is not valid.");
  return text.slice(TOKEN.length);
}
