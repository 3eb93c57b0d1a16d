import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { attester, pushRequest } from "../harness/attester";
import { openBrowser, PHONE, type Browser } from "../harness/browser";
import { openCallback, type Callback } from "../harness/callback";
import { LANGUAGES, NARROWEST } from "../harness/everywhere";
import { offerTo } from "../harness/offer";
import { addDirectly, PHOTOGRAPHS, type Person } from "../harness/person";
import { barriers } from "../harness/reach";

const CLIENT = "https://wallet.example";

describe("the page on which a person lets a wallet have the card", () => {
  const { origin } = inject("access");
  const folder = inject("folder");
  let browser: Browser;
  let page: Page;
  let wallet: Callback;
  let person: Person;

  beforeAll(async () => {
    browser = await openBrowser(PHONE);
    [page, wallet] = [await browser.page(NARROWEST), await openCallback()];
    person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Natsu");
  });

  afterAll(async () => {
    wallet?.close();
    await browser?.close();
  });

  const pushed = async () => pushRequest(origin, await attester(folder), { client: CLIENT, redirectUri: wallet.address });

  /** Fills the form in and sends it, and waits for what comes of it. */
  async function send(reference: string, code: string): Promise<void> {
    await page.locator("#reference").fill(reference);
    await page.locator("#code").fill(code);
    await page.locator('button[value="allow"]').click();
    await page.locator("#trouble, h1:text('Back in the wallet')").waitFor();
  }

  test("speaks three languages at 360 pixels, every control named, without any script", async () => {
    await page.goto(await pushed());
    const titles = new Set<string>();
    for (const code of ["ja", "zh-Hans", "en"]) {
      await page.locator(`nav a[lang="${code}"]`).click();
      await page.locator(`html[lang="${code}"]`).waitFor({ state: "attached" });
      titles.add(await page.title());
      expect(await page.locator("main").innerText()).toContain(CLIENT);
      expect(await page.locator("script").count()).toBe(0);
      expect(await barriers(page)).toEqual([]);
      for (const colorScheme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await barriers(page)).toEqual([]);
      }
    }
    expect(titles.size).toBe(LANGUAGES.length);
  });

  test("the tabulator goes from the reference over the code to the buttons and the languages", async () => {
    await page.goto(await pushed());
    const stops: string[] = [];
    for (let stop = 0; stop < 6; stop += 1) {
      stops.push(await page.locator(":focus").evaluate((element) => element.id || element.getAttribute("value") || (element as HTMLElement).lang));
      await page.keyboard.press("Tab");
    }
    expect(stops).toEqual(["reference", "code", "allow", "deny", "ja", "zh-Hans"]);
  });

  test("a wrong code is announced, costs one try, and the right one is taken", async () => {
    const offer = await offerTo(folder, person);
    await page.goto(await pushed());
    await send(offer.reference, offer.tx_code === "000000" ? "000001" : "000000");
    const alert = page.getByRole("alert");
    expect(await alert.textContent()).toMatch(/not right.* 4\.$/);
    expect(await page.locator("#code").getAttribute("aria-describedby")).toContain(await alert.getAttribute("id"));
    expect(await page.locator("#reference").inputValue()).toBe(offer.reference);
    expect(await barriers(page)).toEqual([]);
    await send(offer.reference, offer.tx_code);
    expect(wallet.calls.pop()).toEqual({ code: expect.any(String) as string, state: "a state", iss: origin });
  });

  test("an unknown reference is announced", async () => {
    await page.goto(await pushed());
    await send("AAAAAAAAAA", "123456");
    expect(await page.getByRole("alert").textContent()).toContain("no card with this reference");
    expect(await barriers(page)).toEqual([]);
  });

  test("in a browser that runs no script the card is let go all the same", async () => {
    const offer = await offerTo(folder, person);
    await page.goto(await pushed());
    const session = await browser.context.newCDPSession(page);
    await session.send("Emulation.setScriptExecutionDisabled", { value: true });
    await page.reload();
    await send(`${offer.reference.slice(0, 5).toLowerCase()}-${offer.reference.slice(5)}`, offer.tx_code);
    expect(wallet.calls.pop()).toHaveProperty("code");
    await session.send("Emulation.setScriptExecutionDisabled", { value: false });
  });

  test("who says no is sent back, and the page is over", async () => {
    const address = await pushed();
    await page.goto(address);
    await page.locator('button[value="deny"]').click();
    await page.locator("h1:text('Back in the wallet')").waitFor();
    expect(wallet.calls.pop()).toMatchObject({ error: "access_denied", state: "a state", iss: origin });
    await page.goto(address);
    expect(await page.locator("form").count()).toBe(0);
    expect(await barriers(page)).toEqual([]);
  });

  test("no page broke its Content-Security-Policy or complained", () => {
    expect(browser.complaints).toEqual([]);
  });
});
