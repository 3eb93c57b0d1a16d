// Writes `dist`: the start page at its root and one folder for each app.
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { build } from "vite";
import { app } from "./vite.app.mjs";

await rm(resolve(import.meta.dirname, "dist"), { recursive: true, force: true });
for (const name of /** @type {const} */ (["start", "wallet", "window", "console"])) {
  await build(app(name));
  console.log(`built ${name}`);
}
