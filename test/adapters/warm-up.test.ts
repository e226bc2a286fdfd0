import { describe, expect, it } from "vitest";
import { warmUp } from "../../src/adapters/warm-up.ts";

describe("the warm-up", () => {
  it("reads an answer through the whole SDK, though there is no AWS", async () => {
    await expect(warmUp()).resolves.toBeUndefined();
  });
});
