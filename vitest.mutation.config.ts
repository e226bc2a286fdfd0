import { defineConfig } from "vitest/config";

/** The tests that run against each mutant: those of the core, the rate limiter and retries, with few property runs. */
export default defineConfig({
  test: {
    include: ["test/rotation/**/*.test.ts", "test/adapters/rate-limit/*.test.ts"],
    exclude: ["test/rotation/redact-speed.test.ts"],
    env: { PROPERTY_WORLDS: "10" },
    setupFiles: ["test/support/few-worlds.ts"],
    // A hanging test ends here; Stryker's own timeout would also restart the test runner.
    testTimeout: 3_000,
    isolate: false,
  },
});
