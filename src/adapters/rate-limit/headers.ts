import type { RateLimitHeaders } from "./quota.ts";

/** Longer than any Lambda runs: what asks for more is an epoch, and no time from now. */
const LONGEST_RESET_MS = 900_000;

type Headers = Readonly<Record<string, string>>;

/** How long a 429 asks to wait, in milliseconds: by `Retry-After` (seconds or date), else by `X-RateLimit-Reset`. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  return retryAfterHeaderMs(headers, now) ?? resetIn(headers);
}

/** What is left of the host's limit, where it says so. */
export function parseRateLimitHeaders(headers: Headers): RateLimitHeaders | undefined {
  const [limit, remaining] = [whole(headers["x-ratelimit-limit"]), whole(headers["x-ratelimit-remaining"])];
  const resetMs = resetIn(headers);
  if (limit === undefined || remaining === undefined || resetMs === undefined || limit < 1) return undefined;
  return { limit, remaining, resetMs };
}

function retryAfterHeaderMs(headers: Headers, now: number): number | undefined {
  const value = headers["retry-after"];
  const seconds = secondsMs(value);
  if (seconds !== undefined || value === undefined) return seconds;
  const [at, serverNow] = [Date.parse(value), Date.parse(headers["date"] ?? "")];
  const waitMs = at - (Number.isNaN(serverNow) ? now : serverNow);
  return waitMs >= 0 ? waitMs : undefined;
}

function resetIn(headers: Headers): number | undefined {
  const resetMs = secondsMs(headers["x-ratelimit-reset"]);
  return resetMs !== undefined && resetMs <= LONGEST_RESET_MS ? resetMs : undefined;
}

function secondsMs(value: string | undefined): number | undefined {
  const seconds = count(value);
  return seconds === undefined ? undefined : seconds * 1_000;
}

function whole(value: string | undefined): number | undefined {
  const number = count(value);
  return number === undefined ? undefined : Math.floor(number);
}

function count(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}
