import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startServer, type Access } from "../../e2e/harness/server";
import { register } from "./people";
import { settings } from "./settings";

declare module "vitest" {
  export interface ProvidedContext {
    access: Access;
    folder: string;
  }
}

/** One server with a few people in its register, and a folder that goes away with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "mibun-interop-"));
  const server = await startServer(settings(), folder);
  const end = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await register(folder);
  } catch (error) {
    await end();
    throw error;
  }
  project.provide("access", server.access);
  project.provide("folder", folder);
  return end;
}
