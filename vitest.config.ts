import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The files of one folder share worker processes: a new process for each file would take a third of the suite's time.
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
      "test/support/aws-environment.ts",
      "test/support/property-budget.ts",
    ],
    testTimeout: 60_000,
    // Most tests wait for loopback or a process; one worker for each core would leave cores idle.
    maxWorkers: Math.max(4, availableParallelism()),
    silent: "passed-only",
    sequence: { shuffle: true },
    coverage: { include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
  },
});
