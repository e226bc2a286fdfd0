import { execFileSync } from "node:child_process";

const CORE = ["src/rotation/**/*.ts", "src/adapters/rate-limit/*.ts", "src/adapters/retry.ts"];
const base = process.env["MUTATION_BASE"];

/** Those of the core that differ from a commit. */
function changedSince(commit) {
  const paths = CORE.map((path) => `:(glob)${path}`);
  const names = execFileSync("git", ["diff", "--name-only", "--diff-filter=d", commit, "--", ...paths], {
    encoding: "utf8",
  });
  return names.split("\n").filter((name) => name !== "");
}

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  plugins: ["@stryker-mutator/vitest-runner"],
  testRunner: "vitest",
  // TypeScript 7 has no API with which Stryker could rewrite the file.
  tsconfigFile: "none.json",
  vitest: { configFile: "vitest.mutation.config.ts" },
  mutate: base ? changedSince(base) : CORE,
  // Nothing may have changed.
  allowEmpty: Boolean(base),
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 1_500,
  reporters: ["clear-text", "progress", "html"],
  clearTextReporter: { logTests: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
};
