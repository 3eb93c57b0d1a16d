import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";

const web = import.meta.dirname;

/**
 * How one app is built: its own folder in, its own folder under `dist` out.
 * @param {"start" | "wallet" | "window" | "console"} name
 * @returns {import("vite").InlineConfig}
 */
export function app(name) {
  const root = resolve(web, name);
  const isStart = name === "start";
  return {
    root,
    base: isStart ? "/" : `/${name}/`,
    configFile: false,
    logLevel: "warn",
    plugins: [svelte({ configFile: resolve(web, "svelte.config.js") }), ...(name === "wallet" ? [serviceWorker(resolve(root, "src/worker/sw.js"))] : [])],
    build: {
      outDir: resolve(web, "dist", isStart ? "." : name),
      emptyOutDir: false,
      target: "es2022",
      // Our pages' policy forbids most inline data: every asset stays a file.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 760,
    },
  };
}

/**
 * Writes the wallet's service worker with the list of files it keeps.
 * @param {string} source
 * @returns {import("vite").Plugin}
 */
function serviceWorker(source) {
  return {
    name: "mibun-service-worker",
    apply: "build",
    generateBundle(_, bundle) {
      // The password protocol is large, and of no use without the server: who needs it fetches it then.
      const kept = Object.values(bundle).filter((one) => one.type === "asset" || !one.moduleIds.some((id) => id.includes("@serenity-kit/opaque")));
      const files = kept.map(({ fileName }) => fileName).filter((file) => !file.endsWith(".html")).map((file) => `/wallet/${file}`);
      const version = createHash("sha256").update(files.join()).digest("hex").slice(0, 12);
      const head = `const VERSION = ${JSON.stringify(version)};\nconst FILES = ${JSON.stringify(files)};\n`;
      this.emitFile({ type: "asset", fileName: "sw.js", source: head + readFileSync(source, "utf8") });
    },
  };
}
