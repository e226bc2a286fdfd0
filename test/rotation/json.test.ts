import { describe, expect, it } from "vitest";
import { parseJson } from "../../src/rotation/json.ts";

describe("a text that should be JSON", () => {
  it.each([
    ['{"a":[1]}', { a: [1] }],
    ["null", null],
  ])("is parsed: %s", (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it.each(["", "plain", '{"a":'])(
    "gives no value and no error, which would quote it, if it is not: %j",
    (text) => {
      expect(parseJson(text)).toBeUndefined();
    },
  );
});
