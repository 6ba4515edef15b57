import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "test-widget/setup.ts",
    include: ["test-widget/**/*.test.ts"],
    // two cores: one browser and one product at a time
    fileParallelism: false,
    isolate: false,
    expect: { poll: { timeout: 15_000 } },
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
