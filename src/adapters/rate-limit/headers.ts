/** Larger values are Unix timestamps, not seconds to wait. */
const MAX_RESET_SECONDS = 900;

type Headers = Readonly<Record<string, string>>;

export interface RateLimitHeaders {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** The delay requested by a 429: `Retry-After` (seconds or a date), else `X-RateLimit-Reset`. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const value = headers["retry-after"];
  const seconds = parseNumber(value);
  if (seconds !== undefined) return seconds * 1_000;
  const [retryAt, serverNow] = [Date.parse(value ?? ""), Date.parse(headers["date"] ?? "")];
  const waitMs = retryAt - (Number.isNaN(serverNow) ? now : serverNow);
  return waitMs >= 0 ? waitMs : parseResetMs(headers);
}

/** `undefined` unless all three X-RateLimit headers are present and valid. */
export function parseRateLimitHeaders(headers: Headers): RateLimitHeaders | undefined {
  const limit = Math.floor(parseNumber(headers["x-ratelimit-limit"]) ?? 0);
  const remaining = parseNumber(headers["x-ratelimit-remaining"]);
  const resetMs = parseResetMs(headers);
  if (limit < 1 || remaining === undefined || resetMs === undefined) return undefined;
  return { limit, remaining: Math.floor(remaining), resetMs };
}

function parseResetMs(headers: Headers): number | undefined {
  const seconds = parseNumber(headers["x-ratelimit-reset"]);
  return seconds === undefined || seconds > MAX_RESET_SECONDS ? undefined : seconds * 1_000;
}

function parseNumber(value = ""): number | undefined {
  return /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}
