import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { ATTESTER, foundAttester } from "./attester";
import type { Settings } from "./settings";

/** How to reach a running Mibun and sign in to it. */
export interface Access {
  origin: string;
  window: string;
  officer: { name: string; password: string; secret: string };
}

/**
 * Seconds between tries of an ID password, from the eighth and from the ninth on; the tenth locks it, as by default. By
 * default the waits begin earlier and are longer: here nobody is to sit through more than one of each.
 */
export const WAITS = [6, 12] as const;
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;

/** Makes a fresh Mibun in `folder`, which somebody attests wallets to, and waits until it serves. */
export async function startServer({ mibun, models }: Pick<Settings, "mibun" | "models">, folder: string): Promise<{ access: Access; stop: () => Promise<void> }> {
  const origin = `http://localhost:${await freePort()}`;
  const config = join(folder, "mibun.toml");
  const attester = await foundAttester(folder, ATTESTER);
  writeFileSync(config, configuration({ origin, folder, models, attester }));
  const env = { ...process.env, MIBUN_CONFIG: config };
  await promisify(execFile)(mibun, ["init", "--demo"], { env, timeout: START_LIMIT_MS });
  const child = spawn(mibun, ["serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const log = join(folder, "server.log");
  const sink = createWriteStream(log);
  child.stdout.pipe(sink, { end: false });
  child.stderr.pipe(sink, { end: false });
  const stop = () => end(child);
  try {
    await ready(origin, child);
  } catch (error) {
    await stop();
    throw new Error(`mibun serve did not come up:\n${readFileSync(log, "utf8").slice(-2000)}`, { cause: error });
  }
  return { access: readAccess(join(folder, "access.txt"), origin), stop };
}

function configuration({ origin, folder, models, attester }: Record<"origin" | "folder" | "models" | "attester", string>): string {
  const { host } = new URL(origin);
  return `
[server]
listen = "${host.replace("localhost", "127.0.0.1")}"
public_url = "${origin}"
[storage]
url = "sqlite:${join(folder, "mibun.db")}"
master_key = "${join(folder, "master.key")}"
[authority]
name = { en = "Utopia Civil Registry", ja = "ユートピア戸籍局", zh-Hans = "乌托邦户政局" }
country = "UT"
[face]
models_dir = "${models}"
[limits.id_password]
waits = [{ after = 8, seconds = ${WAITS[0]} }, { after = 9, seconds = ${WAITS[1]} }]
[wallets]
attesters = ["${attester}"]
[demo]
enabled = true
`;
}

/** Reads what `mibun init --demo` wrote for the operator. */
function readAccess(file: string, origin: string): Access {
  const text = readFileSync(file, "utf8");
  const value = (label: string) => {
    const found = new RegExp(`^\\s*${label}\\s+(\\S+)$`, "m").exec(text)?.[1];
    if (!found) throw new Error(`access.txt has no line "${label}"`);
    return found;
  };
  return { origin, window: value("Hotel window"), officer: { name: value("name"), password: value("password"), secret: value("authenticator") } };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function ready(origin: string, child: ChildProcess): Promise<void> {
  for (const limit = Date.now() + START_LIMIT_MS; Date.now() < limit; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const answer = await fetch(`${origin}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error("it was not ready in time");
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await Promise.race([ended, sleep(STOP_LIMIT_MS).then(() => child.kill("SIGKILL"))]);
}
