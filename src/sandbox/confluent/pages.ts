import { ApiError } from "./responses.ts";

const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 100;
const PREFIX = "after:";

export interface PageQuery {
  readonly size: number;
  /** The last name of the previous page; empty for the first page. */
  readonly after: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** `after` of the next page; absent on the last one. */
  readonly nextAfter: string | undefined;
}

/** One page of the items, in the order in which they were added. */
export function paginate<T>(itemsByName: ReadonlyMap<string, T>, { size, after }: PageQuery): Page<T> {
  const names = [...itemsByName.keys()];
  const start = names.indexOf(after) + 1;
  const page = names.slice(start, start + size);
  return {
    items: page.flatMap((name) => itemsByName.get(name) ?? []),
    nextAfter: start + size < names.length ? page.at(-1) : undefined,
  };
}

/** Parses `page_size` and `page_token`. @throws ApiError 400 for invalid values. */
export function pageQuery(query: URLSearchParams): PageQuery {
  return { size: pageSize(query.get("page_size")), after: lastName(query.get("page_token")) };
}

export function pageToken(after: string): string {
  return Buffer.from(`${PREFIX}${after}`).toString("base64url");
}

function pageSize(text: string | null): number {
  if (text === null) return DEFAULT_PAGE_SIZE;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= MAX_PAGE_SIZE) return size;
  throw new ApiError(400, `page_size must be from 1 to ${MAX_PAGE_SIZE}.`);
}

function lastName(token: string | null): string {
  if (token === null) return "";
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith(PREFIX)) throw new ApiError(400, "page_token is not valid.");
  return text.slice(PREFIX.length);
}
