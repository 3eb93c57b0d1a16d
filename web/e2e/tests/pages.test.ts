import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { openBrowser, PHONE, type Browser } from "../harness/browser";
import { barriers } from "../harness/reach";

const LANGUAGES = ["en", "ja", "zh-Hans"];
const NARROWEST = { width: 360, height: 640 };

describe("every page", () => {
  const { origin } = inject("access");
  const pages = ["/", "/wallet/", "/wallet/#/enrol", "/wallet/#/scan", "/wallet/#/history", "/wallet/#/settings", "/window/", "/console/"];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await openBrowser(PHONE);
    page = await browser.page(NARROWEST);
  });

  afterAll(() => browser?.close());

  test.each(pages)("%s speaks three languages at 360 pixels, every control named", async (path) => {
    await page.goto(origin + path);
    const titles = new Set<string>();
    for (const code of LANGUAGES) {
      await page.getByTestId("language").first().selectOption(code);
      await page.locator(`html[lang="${code}"]`).waitFor({ state: "attached" });
      await page.locator("h1:visible").first().waitFor();
      titles.add((await page.locator("main").innerText()).slice(0, 200));
      expect(await barriers(page)).toEqual([]);
    }
    expect(titles.size).toBe(LANGUAGES.length);
  });

  test("a link to the content is the first stop of the tabulator", async () => {
    await page.goto(`${origin}/wallet/`);
    await page.getByTestId("home-enrol").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  });

  test("a text that is no code is refused in words", async () => {
    await page.goto(`${origin}/wallet/#/scan`);
    await page.getByTestId("link").fill("https://example.com/");
    await page.getByTestId("link-open").click();
    await page.getByTestId("scan-unknown").waitFor();
  });

  test("a wrong password signs nobody in", async () => {
    await page.goto(`${origin}/console/`);
    for (const [field, value] of [["officer-name", "officer"], ["officer-password", "wrong"], ["officer-totp", "000000"]] as const) await page.getByTestId(field).fill(value);
    await page.getByTestId("sign-in-submit").click();
    await page.getByTestId("sign-in-error").waitFor();
  });

  test("no page broke its Content-Security-Policy or complained", () => {
    expect(browser.complaints).toEqual([]);
  });
});
