import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";

const web = import.meta.dirname;

/**
 * How one app is built: its own folder in, its own folder under `dist` out.
 * @param {"start" | "wallet" | "window" | "console"} name
 * @returns {import("vite").InlineConfig}
 */
export function app(name) {
  const isStart = name === "start";
  return {
    root: resolve(web, name),
    base: isStart ? "/" : `/${name}/`,
    configFile: false,
    logLevel: "warn",
    plugins: [svelte({ configFile: resolve(web, "svelte.config.js") })],
    build: {
      outDir: resolve(web, "dist", isStart ? "." : name),
      emptyOutDir: false,
      target: "es2022",
      // Our pages' policy forbids most inline data: every asset stays a file.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 700,
    },
  };
}
