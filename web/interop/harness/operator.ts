import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { settings } from "./settings";

const LIMIT_MS = 30_000;

/** An offer as `mibun offer --json` prints it. */
export interface Offer {
  uri: string;
  tx_code: string;
  /** What a person types on the page of a wallet that does not know the offer. */
  reference: string;
  expires_at: string;
}

/** Runs a command of the operator on the installation in `folder`. */
export async function operate(folder: string, command: string[]): Promise<string> {
  const env = { ...process.env, MIBUN_CONFIG: join(folder, "mibun.toml") };
  return (await promisify(execFile)(settings().mibun, command, { env, timeout: LIMIT_MS })).stdout;
}

/** Somebody is seen at the counter and gets an offer. */
export async function offerTo(folder: string, number: string): Promise<Offer> {
  return JSON.parse(await operate(folder, ["offer", "--number", number, "--reason", "known to the officer", "--json"])) as Offer;
}

/** Revokes the person's card that is still valid. */
export async function revoke(folder: string, number: string): Promise<void> {
  const cards = await operate(folder, ["card", "list", number]);
  const valid = cards.split("\n").find((line) => / valid until /.test(line));
  if (!valid) throw new Error(`no valid card to revoke among:\n${cards}`);
  await operate(folder, ["card", "revoke", valid.split(" ")[0] ?? "", "--reason", "reported lost"]);
}
