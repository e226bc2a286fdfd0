import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Folders whose test files share worker processes: a new process for each file would take a third of the suite's time. */
const SHARED = ["{config,docs,rotation,terminal}", "adapters", "catalogue", "cli", "infra", "sandbox"];
const filesIn = (folder: string) => `test/${folder}/**/*.test.ts`;

export default defineConfig({
  test: {
    projects: [
      ...SHARED.map((name) => ({
        extends: true as const,
        test: { name, include: [filesIn(name)], isolate: false },
      })),
      {
        extends: true,
        test: { name: "isolated", include: ["test/**/*.test.ts"], exclude: SHARED.map(filesIn) },
      },
    ],
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
