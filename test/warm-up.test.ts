import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { warmUp } from "../src/warm-up.ts";

describe("the warm-up", () => {
  it.each(["", "{}", "not JSON"])(
    "does not keep a function from starting that has %o as its list",
    async (text) => {
      const file = join(mkdtempSync(join(tmpdir(), "warm-up-")), "connections.json");
      writeFileSync(file, text);
      await expect(warmUp({ CONNECTIONS_FILE: file })).resolves.toBeUndefined();
    },
  );

  it("needs neither a list nor AWS", async () => {
    await expect(warmUp({ CONNECTIONS_FILE: "/nowhere/connections.json" })).resolves.toBeUndefined();
  });
});
