import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { DESKTOP, openBrowser, PHONE, type Browser } from "../harness/browser";
import { answered, codeText, openRequest, openScene, verdict, waitForState } from "../harness/counter";
import { everywhere, NARROWEST } from "../harness/everywhere";
import { collect, offerTo, openOffer } from "../harness/offer";
import { signIn } from "../harness/officer";
import { addDirectly, PHOTOGRAPHS, type Person } from "../harness/person";

describe("pages with something on them, at 360 pixels and in three languages", () => {
  const { origin, window: windowLink } = inject("access");
  let phone: Browser;
  let desk: Browser;
  let wallet: Page;
  let counter: Page;
  let console_: Page;
  let person: Person;

  beforeAll(async () => {
    [phone, desk] = [await openBrowser(PHONE), await openBrowser(DESKTOP)];
    [wallet, counter, console_] = [await phone.page(), await desk.page(), await desk.page()];
    await counter.goto(windowLink);
    person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Natsu");
  });

  afterAll(async () => {
    await Promise.all([phone?.close(), desk?.close()]);
  });

  const nextPerson = () => counter.getByTestId("new-guest").click();

  test("the question to a wallet without a card, and the code at the counter", async () => {
    await openScene(counter, "hotel-checkin-jp");
    expect(await everywhere(counter, "window-code")).toEqual([]);
    await openRequest(wallet, origin, await codeText(counter));
    await wallet.getByTestId("request-no-card").waitFor();
    expect(await wallet.getByTestId("organisation").textContent()).toBe("Utopia Grand Hotel");
    expect(await everywhere(wallet, "wallet-no-card")).toEqual([]);
    await waitForState(counter, "scanned");
    expect(await everywhere(counter, "window-scanned")).toEqual([]);
    await nextPerson();
  });

  test("the offer and the card", async () => {
    const offer = await offerTo(inject("folder"), person);
    await openOffer(wallet, origin, offer);
    expect(await everywhere(wallet, "wallet-offer")).toEqual([]);
    await collect(wallet, offer);
    await wallet.locator("summary").click();
    await wallet.locator('[data-testid="card-face"][data-status="valid"]').waitFor();
    expect(await wallet.getByTestId("card-claims").textContent()).toContain("65 or over");
    expect(await everywhere(wallet, "wallet-card")).toEqual([]);
    await wallet.goto(`${origin}/wallet/#/`);
    await wallet.getByTestId("card").waitFor();
    expect(await everywhere(wallet, "wallet-home")).toEqual([]);
  });

  test.each(["hotel-checkin-cn", "air-checkin", "bank-account", "parcel-drop-off"])("the question of %s, everything in it given", async (scene) => {
    await openRequest(wallet, origin, await openScene(counter, scene));
    for (const item of await wallet.locator('[data-testid^="optional-"]').all()) await item.check();
    await wallet.locator("summary").click();
    expect(await everywhere(wallet, `wallet-consent-${scene}`)).toEqual([]);
    await wallet.getByTestId("consent-accept").click();
    await answered(wallet);
    expect(await everywhere(wallet, `wallet-after-${scene}`)).toEqual([]);
    await verdict(counter);
    expect(await everywhere(counter, `window-result-${scene}`)).toEqual([]);
  });

  test("the history, and the question before it is deleted", async () => {
    await wallet.goto(`${origin}/wallet/#/history`);
    await wallet.getByTestId("history").waitFor();
    expect(await everywhere(wallet, "wallet-history")).toEqual([]);
    await wallet.getByTestId("history-clear").click();
    await wallet.getByTestId("history-clear-confirm").waitFor();
    await wallet.keyboard.press("Escape");
  });

  test("the records of the counter", async () => {
    await openRequest(wallet, origin, await openScene(counter, "hotel-checkin-jp"));
    await wallet.getByTestId("consent-accept").click();
    await verdict(counter);
    await counter.getByTestId("guests").click();
    await counter.getByTestId("guest").first().locator("summary").click();
    expect(await everywhere(counter, "window-records")).toEqual([]);
  });

  test("the console: every place, and one record", async () => {
    await signIn(console_, inject("access"));
    for (const place of ["overview", "people", "journeys", "models", "trust", "audit"]) {
      await console_.getByTestId(`nav-${place}`).click();
      await console_.locator("main h1").waitFor();
      await console_.waitForLoadState("networkidle");
      expect(await everywhere(console_, `console-${place}`)).toEqual([]);
    }
    await console_.setViewportSize(NARROWEST);
    await console_.getByTestId("nav-overview").click();
    await console_.getByTestId("nav-audit").focus();
    await console_.keyboard.press("Enter");
    await console_.locator('[data-testid="nav-audit"][aria-current="page"]').waitFor();
    expect(await isWithin(console_, "nav-audit")).toBe(true);
    await console_.setViewportSize(DESKTOP);
    await console_.getByTestId("nav-people").click();
    await console_.getByRole("row").filter({ hasText: person.number }).getByTestId("person").click();
    await console_.getByTestId("card").waitFor();
    expect(await everywhere(console_, "console-person")).toEqual([]);
  });

  test("the pages complained about nothing", () => {
    expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  });
});

/** Whether all of the control is on the screen, from side to side. */
function isWithin(page: Page, testid: string): Promise<boolean> {
  return page.getByTestId(testid).evaluate((element) => {
    const { left, right } = element.getBoundingClientRect();
    return left >= 0 && right <= document.documentElement.clientWidth;
  });
}
