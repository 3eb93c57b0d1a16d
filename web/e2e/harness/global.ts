import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startServer, type Access } from "./server";
import { settings } from "./settings";

declare module "vitest" {
  export interface ProvidedContext {
    access: Access;
    folder: string;
  }
}

/** One server with an empty register for the whole run, and a folder that goes away with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "mibun-browser-test-"));
  const server = await startServer(settings(), folder);
  project.provide("access", server.access);
  project.provide("folder", folder);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
