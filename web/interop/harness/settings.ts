import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** Where the programs, models and photographs are; the test command hands them over by environment. */
export interface Settings {
  mibun: string;
  wallet: string;
  models: string;
  faces: string;
}

const ROOT = resolve(import.meta.dirname, "../../..");

export function settings(): Settings {
  const shared = process.env["MIBUN_SHARED"] ?? join(ROOT, "../shared");
  const programs = process.env["MIBUN_BIN_DIR"] ?? join(ROOT, "target/debug");
  const found: Settings = {
    mibun: join(programs, "mibun"),
    wallet: join(programs, "mibun-wallet"),
    models: process.env["MIBUN_MODELS_DIR"] ?? join(shared, "models"),
    faces: process.env["MIBUN_TEST_FACES"] ?? join(shared, "faces"),
  };
  for (const [name, path] of Object.entries(found)) {
    if (!existsSync(path)) throw new Error(`the tests with independent libraries need ${path} (${name})`);
  }
  return found;
}
