import { execFileSync } from "node:child_process";

const CORE = ["src/rotation/**/*.ts", "src/adapters/rate-limit/*.ts"];
const base = process.env["MUTATION_BASE"];

/** The files of the core that differ from a commit. */
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
  // Stryker cannot rewrite tsconfig.json, because TypeScript 7 has no API for it.
  tsconfigFile: "none.json",
  vitest: { configFile: "vitest.mutation.config.ts" },
  mutate: base ? changedSince(base) : CORE,
  // There may be no changed file.
  allowEmpty: Boolean(base),
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 1_500,
  reporters: ["clear-text", "progress", "html"],
  clearTextReporter: { logTests: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
};
