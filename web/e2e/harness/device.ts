import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CDPSession, Page, Route } from "playwright-core";
import type { Offer } from "./offer";
import { settings } from "./settings";

const LIMIT_MS = 30_000;
const CALLS = "**/api/checks/*/digital-credential";

/** What a wallet hands back to the browser. */
export interface Handed {
  protocol: string;
  data: Record<string, string>;
}

/**
 * The wallet of a device: `mibun-wallet` answers, and Chromium's virtual wallet hands its answer to the page.
 *
 * The virtual wallet has to know its answer before the page calls, so what the page is about to call with is read on its
 * way from the server. Nothing on that way is changed.
 */
export class DeviceWallet {
  private constructor(
    private readonly page: Page,
    private readonly session: CDPSession,
    private readonly folder: string,
  ) {}

  /** A wallet without a card, on the device that `page` is open on. */
  static async of(page: Page, origin: string, folder: string): Promise<DeviceWallet> {
    const root = await fetch(`${origin}/trust/authority.pem`, { signal: AbortSignal.timeout(LIMIT_MS) });
    writeFileSync(join(folder, "device.pem"), await root.text());
    return new DeviceWallet(page, await page.context().newCDPSession(page), folder);
  }

  async collect({ uri, tx_code: code }: Offer): Promise<void> {
    await this.run("collect", uri, "--tx-code", code);
  }

  /** From now on every call is answered as the wallet does with `consent`; or with what `change` makes of that. */
  async answers(consent: "--yes" | "--decline", change: (handed: Handed) => Handed = (handed) => handed): Promise<void> {
    await this.calls(async (call) => {
      const file = join(this.folder, "call.json");
      writeFileSync(file, call);
      const { protocol, data } = change(await this.run("answer-dc-api", "--origin", new URL(this.page.url()).origin, consent, file));
      await this.session.send("DigitalCredentials.setVirtualWalletBehavior", { action: "respond", protocol, response: data });
    });
  }

  /** From now on the browser's own window is closed, or stays open. */
  async behaves(action: "decline" | "wait"): Promise<void> {
    await this.calls(() => this.session.send("DigitalCredentials.setVirtualWalletBehavior", { action }));
  }

  private async calls(seen: (call: string) => Promise<unknown>): Promise<void> {
    await this.page.unroute(CALLS);
    await this.page.route(CALLS, async (route: Route) => {
      if (route.request().method() !== "GET") return route.continue();
      const response = await route.fetch();
      await seen(await response.text());
      return route.fulfill({ response });
    });
  }

  private async run(...command: string[]): Promise<Handed> {
    const common = ["--store", join(this.folder, "device.json"), "--trust", join(this.folder, "device.pem"), "--allow-http-loopback", "--json"];
    const { stdout } = await promisify(execFile)(settings().wallet, [...common, ...command], { timeout: LIMIT_MS });
    return JSON.parse(stdout) as Handed;
  }
}
