import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    restoreMocks: true,
    setupFiles: ["test/support/aws-environment.ts"],
    testTimeout: 30_000,
    silent: "passed-only",
    sequence: { shuffle: true },
    coverage: { include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
  },
});
