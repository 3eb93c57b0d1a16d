import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { settings } from "./settings";

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** A browser with a profile of its own, and everything that its pages complained about. */
export interface Browser {
  context: BrowserContext;
  complaints: string[];
  page(size?: { width: number; height: number }): Promise<Page>;
  close(): Promise<void>;
}

/** Opens a browser; with `camera`, the video in that file is what its camera sees. */
export async function openBrowser(size: { width: number; height: number }, camera?: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), "mibun-profile-"));
  const video = camera ? ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${camera}`] : [];
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: settings().chromium,
    args: [...QUIET, ...video],
    viewport: size,
    locale: "en-GB",
    reducedMotion: "reduce",
    acceptDownloads: true,
  });
  context.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`CSP ${event.violatedDirective} ${event.blockedURI}`));
  });
  context.on("page", (page) => listen(page, complaints));
  for (const page of context.pages()) listen(page, complaints);
  return {
    context,
    complaints,
    async page(of) {
      const page = await context.newPage();
      if (of) await page.setViewportSize(of);
      return page;
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

function listen(page: Page, complaints: string[]): void {
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    // A refusal by the server is an answer that pages show in words; the browser notes it on its own.
    const isRefusal = /Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());
    // Only a test takes the network away.
    const isOffline = message.text().includes("net::ERR_INTERNET_DISCONNECTED");
    if (message.type() === "error" && !isRefusal && !isOffline) complaints.push(`${page.url()}: ${message.text()}`);
  });
}
