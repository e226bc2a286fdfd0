import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Files of one folder share worker processes, and follow each other: a process for each file would take a third of the time.
    isolate: false,
    projects: readdirSync("test").map((name) => ({
      extends: true as const,
      test: { name, include: [`test/${name}`, `test/${name}/**/*.test.ts`] },
    })),
    restoreMocks: true,
    globalSetup: "test/support/temporary-folder.ts",
    setupFiles: [
      "test/support/loopback-only.ts",
      "test/support/no-leaks.ts",
      "test/support/environment.ts",
      "test/support/property-budget.ts",
    ],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Many tests wait for a process or a timer; one worker for each core would leave cores idle.
    maxWorkers: Math.max(6, availableParallelism()),
    silent: "passed-only",
    sequence: { shuffle: { files: false, tests: true } },
    coverage: { include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
  },
});
