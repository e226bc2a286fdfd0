import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Tests that share worker processes, since they change nothing global: a new process for each file would take half of their time. */
const SHARED = "test/{config,docs,rotation,terminal}/**/*.test.ts";

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: "shared", include: [SHARED], isolate: false } },
      { extends: true, test: { name: "isolated", include: ["test/**/*.test.ts"], exclude: [SHARED] } },
    ],
    restoreMocks: true,
    globalSetup: "test/support/temporary-folder.ts",
    setupFiles: [
      "test/support/loopback-only.ts",
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
