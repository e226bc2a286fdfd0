import { describe, expect, it } from "vitest";
import { errorDetail } from "../../src/adapters/error-detail.ts";

describe("the detail of an error response", () => {
  it.each([
    [
      { errors: [{ id: "1", status: "400", code: "bad", title: "Bad", detail: "No such type." }] },
      "No such type.",
    ],
    [{ errors: [{ title: "Bad request" }, { detail: "b" }, {}] }, "Bad request; b"],
    [{ errors: [{ title: 1, detail: { a: "b" } }], message: "m" }, "m"],
    [{ errors: "many", message: "m" }, "m"],
    [{ errors: ["plain"], message: "m" }, "m"],
    [{ errors: [], message: "" }, ""],
    [{ error_code: 40301, message: "Forbidden" }, "Forbidden"],
    [{ error: { code: 400, message: "Wrong" } }, "Wrong"],
    [{ error: { code: 400 } }, ""],
    [{ error: "wrong" }, "wrong"],
    [{ error: "invalid_client", error_description: "Unknown client." }, "Unknown client."],
    [{ errors: [{ code: 1, message: "a" }, null, { message: "b" }] }, "a; b"],
    [{ type: "about:blank", title: "Forbidden", detail: "By policy 7." }, "By policy 7."],
    [{ title: "Forbidden" }, "Forbidden"],
    [{ Message: "Not authorized." }, "Not authorized."],
    [{ fault: { faultstring: "Denied." } }, "Denied."],
    [{ status: "error", reason: "No quota." }, "No quota."],
    [{ message: null, error: { message: "Wrong" } }, "Wrong"],
    [{}, ""],
    [[], ""],
    [null, ""],
    [undefined, ""],
    ["text", ""],
    [42, ""],
  ])("%j is %j", (body, words) => {
    expect(errorDetail(body)).toBe(words);
  });
});
