import { readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

const METAFILE = "dist/lambda.meta.json";
const MAX_BYTES = 550_000;

const metafile = z.object({ inputs: z.record(z.string(), z.unknown()) });

describe("the function's bundle", () => {
  it("stays small, since its size is time at each cold start", () => {
    expect(statSync("dist/lambda/index.mjs").size).toBeLessThan(MAX_BYTES);
  });

  it.each([
    "undici",
    "../llhttp/llhttp-wasm.js",
    "./client-h2.js",
    "../web/fetch/body.js",
    "@smithy/core/event-streams",
    "@aws-sdk/credential-provider-node",
    "node:http",
    "node:process",
  ])("has its lean stand-in for %s", (module) => {
    const { inputs } = metafile.parse(JSON.parse(readFileSync(METAFILE, "utf8")));
    expect(Object.keys(inputs)).toContain(`lean:${module}`);
  });
});
