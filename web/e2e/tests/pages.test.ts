import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { openBrowser, PHONE, type Browser } from "../harness/browser";
import { LANGUAGES, NARROWEST, speak } from "../harness/everywhere";
import { AYA } from "../harness/person";
import { barriers } from "../harness/reach";

describe("every page", () => {
  const { origin } = inject("access");
  const pages = ["/", "/wallet/", "/wallet/#/enrol", "/wallet/#/enrol?goal=full", "/wallet/#/scan", "/wallet/#/history", "/wallet/#/settings", "/wallet/#/lost", "/window/", "/console/"];
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
      await speak(page, code);
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

  test("a portrait that will not do is refused for what it is", async () => {
    await page.goto(`${origin}/`);
    await speak(page, "en");
    for (const [field, value] of Object.entries(AYA)) await page.getByTestId(field).fill(value);
    const portrait = page.getByTestId("portrait-file");
    const error = page.getByTestId("add-error");
    // A picture of the page itself: sharp, well lit, and nobody in it.
    await portrait.setInputFiles({ name: "page.png", mimeType: "image/png", buffer: await page.screenshot() });
    await page.getByTestId("add-submit").click();
    await error.waitFor({ timeout: 60_000 });
    expect(await error.textContent()).toContain("No face was found");
    await portrait.setInputFiles({ name: "words.png", mimeType: "image/png", buffer: Buffer.from("These are words, not a picture.") });
    await page.getByTestId("add-submit").click();
    await error.filter({ hasText: "not a picture" }).waitFor({ timeout: 60_000 });
    expect(await page.getByTestId("added").count()).toBe(0);
  });

  test.each([
    ["/", "add-submit", "family-name"],
    ["/wallet/#/enrol", "enrol-begin", "number"],
  ])("an empty form on %s leads to its first fault", async (path, submit, first) => {
    await page.goto(origin + path);
    await page.reload();
    await speak(page, "en");
    await page.getByTestId(submit).click();
    const focused = page.locator(":focus");
    await page.waitForFunction((id) => (document.activeElement as HTMLElement | null)?.dataset["testid"] === id, first);
    expect(await focused.getAttribute("aria-invalid")).toBe("true");
    const described = await focused.evaluate((element) => (element.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent).join(" "));
    expect(described).toContain("Please fill this in");
    expect(await barriers(page)).toEqual([]);
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
