import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  test: { include: ["{api-client,ui,start,wallet,window,console}/src/**/*.test.ts"], testTimeout: 15_000 },
});
