import { readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

const METAFILE = "dist/lambda.meta.json";
const MAX_BYTES = 600_000;

const metafile = z.object({ inputs: z.record(z.string(), z.unknown()) });

describe("the function's bundle", () => {
  it("is smaller than 600 kB, since loading it is part of each cold start", () => {
    expect(statSync("dist/lambda/index.mjs").size).toBeLessThan(MAX_BYTES);
  });

  it.each([
    "undici",
    "@aws-sdk/credential-provider-node",
    "../llhttp/llhttp-wasm.js",
    "./client-h2.js",
    "../web/fetch/body.js",
    "../web/fetch/formdata",
    "../web/webidl",
    "./socks5-proxy-agent",
    "@smithy/core/event-streams",
  ])("contains the replacement for %s", (module) => {
    const { inputs } = metafile.parse(JSON.parse(readFileSync(METAFILE, "utf8")));
    expect(Object.keys(inputs)).toContain(`replacement:${module}`);
  });
});
