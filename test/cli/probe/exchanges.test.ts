import { describe, expect, it } from "vitest";
import { ExchangeLog } from "../../../src/cli/probe/exchanges.ts";

const KEY = "sk-secret-that-nobody-may-see";

function put(body: object): Parameters<ExchangeLog["add"]>[0] {
  return { method: "PUT", url: "https://flink.example.com", body: JSON.stringify(body), timeoutMs: 1 };
}

function response(body: string, status = 200, headers: Readonly<Record<string, string>> = {}) {
  return { status, headers, body };
}

describe("the summary of the exchanges with Confluent", () => {
  it.each([
    ['{"spec":{}}', 200, "connection"],
    ["", 200, "empty"],
    ["null", 200, "empty"],
    ['{"errors":[]}', 400, "error"],
    ["<html>", 200, "not-from-the-api"],
    ["{}", 200, "not-from-the-api"],
  ] as const)("contains the kind of response to a PUT: %s with %d is %s", (body, httpStatus, kind) => {
    const log = new ExchangeLog();
    const puts = log.putsFromNow();
    log.add(put({ metadata: {}, key: KEY }), response(body, httpStatus));
    log.add(put({ key: KEY }), undefined);
    expect(puts()).toEqual([{ metadata: true, httpStatus, body: kind }, { metadata: false }]);
    expect(JSON.stringify(log)).not.toContain(KEY);
  });

  it("contains the last value of each rate limit header unless it could quote a secret", () => {
    const log = new ExchangeLog();
    const get = { method: "GET", url: "https://flink.example.com", timeoutMs: 1 } as const;
    log.add(get, response("{}", 200, { "x-ratelimit-limit": "50", "x-ratelimit-remaining": "49" }));
    log.add(get, response("{}", 429, { "x-ratelimit-remaining": "0", "retry-after": `<${KEY}>` }));
    expect(log.rateLimit).toEqual({ "x-ratelimit-limit": "50", "x-ratelimit-remaining": "0" });
    expect(log.requests).toBe(2);
  });
});
