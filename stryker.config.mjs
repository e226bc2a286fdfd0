/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  plugins: ["@stryker-mutator/vitest-runner"],
  testRunner: "vitest",
  // TypeScript 7 has no API with which Stryker could rewrite the file.
  tsconfigFile: "none.json",
  vitest: { configFile: "vitest.mutation.config.ts" },
  mutate: ["src/rotation/**/*.ts", "src/adapters/{retry,rate-limit,gate,places,limits}.ts"],
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 1_500,
  reporters: ["clear-text", "progress", "html"],
  clearTextReporter: { logTests: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
};
