import { defineConfig } from "vitest/config";

/** What mutants are tried against: the tests of the core and of the way to a host, with few generated worlds. */
export default defineConfig({
  test: {
    include: [
      "test/rotation/**/*.test.ts",
      "test/adapters/retry.test.ts",
      "test/adapters/rate-limit/*.test.ts",
    ],
    exclude: ["test/rotation/redact-speed.test.ts"],
    env: { PROPERTY_WORLDS: "10" },
    setupFiles: ["test/support/few-worlds.ts"],
    // A test that hangs ends here; at the time limit of Stryker it would cost a new runner as well.
    testTimeout: 1_500,
    isolate: false,
  },
});
