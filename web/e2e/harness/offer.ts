import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import type { Person } from "./person";
import { settings } from "./settings";

const LIMIT_MS = 30_000;

/** An offer as `mibun offer --json` prints it. */
export interface Offer {
  uri: string;
  tx_code: string;
  /** What a person types on the page of a wallet that does not know the offer. */
  reference: string;
}

/** Somebody is seen at the officer's desk and gets an offer. */
export async function offerTo(folder: string, { number }: Person): Promise<Offer> {
  const env = { ...process.env, MIBUN_CONFIG: join(folder, "mibun.toml") };
  const command = ["offer", "--number", number, "--reason", "known to the officer", "--json"];
  return JSON.parse((await promisify(execFile)(settings().mibun, command, { env, timeout: LIMIT_MS })).stdout) as Offer;
}

/** Opens an offer in the wallet, up to the question for its code. */
export async function openOffer(page: Page, origin: string, offer: Offer): Promise<void> {
  await page.goto(`${origin}/wallet/?offer=${encodeURIComponent(offer.uri)}`);
  await page.getByTestId("tx-code").waitFor();
}

/** Types the code in and waits for the card. */
export async function collect(page: Page, { tx_code: code }: Offer): Promise<void> {
  await page.getByTestId("tx-code").fill(code);
  await page.getByTestId("collect-fetch").click();
  await page.getByTestId("card-new").waitFor({ timeout: 60_000 });
}
