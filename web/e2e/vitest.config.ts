import { defineConfig } from "vitest/config";

/** One browser test after the other: they share a server, and a camera each is all that two cores carry. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["tests/**/*.test.ts"],
    globalSetup: ["harness/global.ts"],
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 180_000,
    hookTimeout: 120_000,
    reporters: ["verbose"],
    bail: 0,
  },
});
