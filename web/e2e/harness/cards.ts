import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Person } from "./person";
import { settings } from "./settings";

const LIMIT_MS = 30_000;

/** Level and standing of every card that somebody was ever issued, in the order of the alphabet: `full valid`. */
export async function cardsOf(folder: string, { number }: Person): Promise<string[]> {
  const env = { ...process.env, MIBUN_CONFIG: join(folder, "mibun.toml") };
  const { stdout } = await promisify(execFile)(settings().mibun, ["card", "list", number], { env, timeout: LIMIT_MS });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => line.split(" ").slice(1, 3).join(" ")).sort();
}
