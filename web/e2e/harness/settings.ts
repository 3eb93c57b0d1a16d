import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** Where the programs, models and photographs are; the test command hands them over by environment. */
export interface Settings {
  mibun: string;
  wallet: string;
  actor: string;
  chip: string;
  models: string;
  faces: string;
  chromium: string;
  pictures: string;
}

const ROOT = resolve(import.meta.dirname, "../../..");
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export function settings(): Settings {
  const shared = process.env["MIBUN_SHARED"] ?? join(ROOT, "../shared");
  const programs = process.env["MIBUN_BIN_DIR"] ?? join(ROOT, "target/debug");
  const found: Settings = {
    mibun: join(programs, "mibun"),
    wallet: join(programs, "mibun-wallet"),
    actor: join(programs, "mibun-actor"),
    chip: join(programs, "mibun-virtual-chip"),
    models: process.env["MIBUN_MODELS_DIR"] ?? join(shared, "models"),
    faces: process.env["MIBUN_TEST_FACES"] ?? join(shared, "faces"),
    chromium: process.env["MIBUN_CHROMIUM"] ?? BROWSERS.find((path) => existsSync(path)) ?? "chromium",
    pictures: join(ROOT, "docs/images"),
  };
  for (const [name, path] of Object.entries(found)) {
    if (name !== "pictures" && !existsSync(path)) throw new Error(`the browser tests need ${path} (${name})`);
  }
  return found;
}
