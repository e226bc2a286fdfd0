import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const BUNDLE = join(import.meta.dirname, "../../dist/lambda/index.mjs");

/** Makes objects for a while, of which many live on, as in a run over many connections. @returns megabytes for the young. */
const CHURN = `
import { getHeapSpaceStatistics } from "node:v8";
const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space").space_size / 2 ** 20;
if (process.env.BUNDLE) await import(process.env.BUNDLE);
const alive = [];
for (let made = 0; made < 2_000_000; made += 1) alive[made % 100_000] = { made, more: [made] };
process.stdout.write(String(young()));
`;

function youngMegabytes(bundle: string): number {
  const args = ["--max-semi-space-size=25", "--input-type=module", "--eval", CHURN];
  return Number(execFileSync(process.execPath, args, { env: { BUNDLE: bundle }, encoding: "utf8" }));
}

describe("the space for young objects", () => {
  it("grows no further once the function has started", () => {
    const [usual, ours] = [youngMegabytes(""), youngMegabytes(BUNDLE)];
    expect(usual).toBeGreaterThan(30);
    expect(ours).toBeLessThan(20);
  });
});
