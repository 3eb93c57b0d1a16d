import { defineConfig } from "vitest/config";

/** Independent libraries against the real server: one server for the whole run, people of their own for each file. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["tests/**/*.test.ts"],
    globalSetup: ["harness/global.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["verbose"],
  },
});
