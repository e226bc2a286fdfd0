import { describe, expect, it } from "vitest";
import { parseRateLimitHeaders, retryAfterMs } from "../../../src/adapters/rate-limit/headers.ts";

const NOW = Date.parse("2026-03-21T10:00:00Z");

describe("the delay requested by a 429", () => {
  it.each([
    ["whole seconds", { "retry-after": "7" }, 7_000],
    ["zero", { "retry-after": "0" }, 0],
    ["a fraction", { "retry-after": " 1.5 " }, 1_500],
    ["a finer fraction", { "retry-after": "1.25" }, 1_250],
    ["a day", { "retry-after": "86400" }, 86_400_000],
    ["a date", { "retry-after": "Sat, 21 Mar 2026 10:00:30 GMT" }, 30_000],
    ["an old form of date", { "retry-after": "Saturday, 21-Mar-26 10:00:30 GMT" }, 30_000],
    [
      "a date by a server clock that is an hour ahead",
      { "retry-after": "Sat, 21 Mar 2026 11:00:30 GMT", date: "Sat, 21 Mar 2026 11:00:00 GMT" },
      30_000,
    ],
    [
      "a date by a server clock that is an hour behind",
      { "retry-after": "Sat, 21 Mar 2026 09:00:30 GMT", date: "Sat, 21 Mar 2026 09:00:00 GMT" },
      30_000,
    ],
    [
      "a date with an invalid Date header",
      { "retry-after": "Sat, 21 Mar 2026 10:00:30 GMT", date: "today" },
      30_000,
    ],
    ["a date that is now", { "retry-after": "Sat, 21 Mar 2026 10:00:00 GMT" }, 0],
    ["a date in the past", { "retry-after": "Sat, 21 Mar 2026 09:59:59 GMT" }, undefined],
    [
      "a date in the past, and a reset",
      { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT", "x-ratelimit-reset": "3" },
      3_000,
    ],
    ["text", { "retry-after": "a moment" }, undefined],
    ["text, and a reset", { "retry-after": "a moment", "x-ratelimit-reset": "3" }, 3_000],
    ["a negative number", { "retry-after": "-5" }, undefined],
    ["an empty value", { "retry-after": "" }, undefined],
    ["a reset without Retry-After", { "x-ratelimit-reset": "12" }, 12_000],
    ["Retry-After before a reset", { "retry-after": "7", "x-ratelimit-reset": "12" }, 7_000],
    ["the longest reset", { "x-ratelimit-reset": "900" }, 900_000],
    ["a reset that is a Unix timestamp", { "x-ratelimit-reset": "1774087200" }, undefined],
    ["a reset that is text", { "x-ratelimit-reset": "soon" }, undefined],
    ["no header", {}, undefined],
  ])("is parsed from %s", (_what, headers, expected) => {
    expect(retryAfterMs(headers, NOW)).toBe(expected);
  });
});

describe("the X-RateLimit headers", () => {
  const HEADERS = { "x-ratelimit-limit": "50", "x-ratelimit-remaining": "3", "x-ratelimit-reset": "1" };

  it("are parsed together", () => {
    expect(parseRateLimitHeaders(HEADERS)).toEqual({ limit: 50, remaining: 3, resetMs: 1_000 });
  });

  it("count whole requests", () => {
    const fractions = { "x-ratelimit-limit": "1.5", "x-ratelimit-remaining": "0.9" };
    expect(parseRateLimitHeaders({ ...HEADERS, ...fractions })).toMatchObject({ limit: 1, remaining: 0 });
  });

  it("may announce a limit of one request", () => {
    const limits = parseRateLimitHeaders({
      ...HEADERS,
      "x-ratelimit-limit": "1",
      "x-ratelimit-remaining": "0",
    });
    expect(limits).toEqual({ limit: 1, remaining: 0, resetMs: 1_000 });
  });

  it.each([
    ["x-ratelimit-limit", ""],
    ["x-ratelimit-limit", "0"],
    ["x-ratelimit-limit", "50, 1000"],
    ["x-ratelimit-remaining", "-1"],
    ["x-ratelimit-remaining", "many"],
    ["x-ratelimit-reset", "1774087200"],
    ["x-ratelimit-reset", "NaN"],
  ])("are ignored if %s is %j", (name, value) => {
    expect(parseRateLimitHeaders({ ...HEADERS, [name]: value })).toBeUndefined();
  });

  it("are ignored if they are missing", () => {
    expect(parseRateLimitHeaders({})).toBeUndefined();
  });
});
