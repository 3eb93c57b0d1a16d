import { join } from "node:path";
import type { Page } from "playwright-core";
import { settings } from "./settings";

/** The faces in the tests belong to real people, who are not to appear in our pages; codes are drawn, not photographed. */
const NO_FACES = `video, img:not([data-testid="code"]) { filter: blur(20px) saturate(0.4) !important; clip-path: inset(0 round 6px); }`;

/** Keeps a picture of the page for the documentation, every face made unrecognisable. */
export async function keep(page: Page, name: string, options: { whole?: boolean } = {}): Promise<void> {
  if (!process.env["MIBUN_PICTURES"]) return;
  await page.evaluate(() => scrollTo(0, 0));
  await blurred(page, () => page.screenshot({ path: join(settings().pictures, `${name}.png`), fullPage: options.whole ?? false, animations: "disabled" }));
}

/** Does something while every face on the page is unrecognisable. */
export async function blurred(page: Page, action: () => Promise<unknown>): Promise<void> {
  // A sheet made by script is not what the page's Content-Security-Policy forbids; an element would be.
  await page.evaluate((rules) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets = [sheet];
  }, NO_FACES);
  await action();
  await page.evaluate(() => (document.adoptedStyleSheets = []));
}
