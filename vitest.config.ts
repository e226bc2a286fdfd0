import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    restoreMocks: true,
    setupFiles: [
      "test/support/loopback-only.ts",
      "test/support/aws-environment.ts",
      "test/support/property-budget.ts",
    ],
    testTimeout: 30_000,
    // Most tests wait for loopback; vitest's default would leave a core idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    silent: "passed-only",
    sequence: { shuffle: true },
    coverage: { include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
  },
});
