import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Locator, Page } from "playwright-core";
import { DESKTOP, openBrowser, PHONE, type Browser } from "../harness/browser";
import { cardsOf } from "../harness/cards";
import { answered, openRequest, openScene, verdict } from "../harness/counter";
import { everywhere, NARROWEST } from "../harness/everywhere";
import { collectFull, enter, fromConsentToFace, OTHER, PASSWORD, upToTheFace, WRONG } from "../harness/full";
import { addDirectly, PHOTOGRAPHS, type Person } from "../harness/person";
import { openPhone, type Phone } from "../harness/phone";
import { keep } from "../harness/pictures";
import { barriers } from "../harness/reach";
import { WAITS } from "../harness/server";

const wrong = (left: number) => `The ID password is wrong. ${left === 1 ? "1 try is" : `${left} tries are`} left before it is locked.`;
const LAST = "The ID password is wrong, and locked now. Get the full card anew with your document and your face, and choose a new one.";
const LOCKED = "The ID password is locked after too many wrong tries. Get the full card anew with your document and your face, and choose a new one.";
const WAIT = /^Too many wrong tries\. Please wait (\d+) seconds?, then enter the ID password again\.$/;

describe("an ID password is tried until it is locked, and then chosen anew", () => {
  const { origin, window: windowLink } = inject("access");
  const folder = inject("folder");
  let phone: Phone;
  let desk: Browser;
  let wallet: Page;
  let counter: Page;
  let person: Person;
  let passport: string;

  beforeAll(async () => {
    [phone, desk] = [await openPhone(folder, "password"), await openBrowser(DESKTOP)];
    [wallet, counter] = [phone.wallet, await desk.page()];
    await counter.goto(windowLink);
    person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Minato");
  });

  afterAll(async () => {
    await Promise.all([phone?.close(), desk?.close()]);
  });

  const focused = () => wallet.evaluate(() => (document.activeElement as HTMLElement).dataset["testid"]);

  async function askedByTheBank(): Promise<void> {
    await openRequest(wallet, origin, await openScene(counter, "bank-account"));
    await wallet.getByTestId("consent-accept").click();
    await wallet.getByTestId("id-password").waitFor();
  }

  /** Enters an ID password and answers what is said about it. */
  async function told(password: string): Promise<string> {
    await enter(wallet, password);
    // What was typed stays until it is judged.
    await wallet.waitForFunction(() => !document.querySelector<HTMLInputElement>('[data-testid="id-password"]')?.value);
    return (await wallet.getByTestId("password-trouble").locator(".title").allTextContents()).join();
  }

  /** The network fails just when the answer to the last picture of a capture is on its way, and once only. */
  async function loseTheLastAnswer(): Promise<void> {
    await wallet.evaluate(() => {
      const real = window.fetch;
      window.fetch = async (...asked) => {
        const answer = await real(...asked);
        if (!answer.ok || !answer.url.includes("/frames?") || !((await answer.clone().json()) as { done: boolean }).done) return answer;
        window.fetch = real;
        document.documentElement.dataset["lost"] = "1";
        throw new TypeError("Failed to fetch");
      };
    });
  }

  const secondsIn = (sentence: string) => Number(WAIT.exec(sentence)?.[1]);

  test("at the bank wrong ID passwords are counted down", async () => {
    passport = await upToTheFace(wallet, origin, folder, person);
    await collectFull(phone, PASSWORD);
    await askedByTheBank();
    await enter(wallet, PASSWORD.slice(1));
    expect(await wallet.getByTestId("enter-password").textContent()).toContain("has exactly eight digits");
    expect(await focused()).toBe("id-password");
    for (const left of [9, 8, 7, 6, 5, 4, 3, 2]) expect(await told(WRONG)).toBe(wrong(left));
    expect(await focused()).toBe("id-password");
  });

  test("then the next one has to wait, and the one after it longer", async () => {
    const wait = secondsIn(await told(WRONG));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(WAITS[0]);
    expect(await wallet.getByTestId("id-password-enter").isDisabled()).toBe(true);
    await wallet.setViewportSize(NARROWEST);
    expect(await barriers(wallet)).toEqual([]);
    await wallet.setViewportSize(PHONE);
    // The button is waited for.
    expect(await told(WRONG)).toBe(wrong(1));
    expect(secondsIn(await told(WRONG))).toBeGreaterThan(WAITS[0]);
    expect(await wallet.getByTestId("id-password-enter").isDisabled()).toBe(true);
  });

  test("the tenth locks it: there is nothing more to type, but the way to a new card", async () => {
    expect(await told(WRONG)).toBe(LAST);
    expect(await wallet.getByTestId("id-password").count()).toBe(0);
    expect(await focused()).toBe("password-anew");
    await wallet.setViewportSize(NARROWEST);
    expect(await barriers(wallet)).toEqual([]);
    await wallet.setViewportSize(PHONE);
    await keep(wallet, "wallet-password-locked");
  });

  test("nothing can be signed, with the right one neither, and the bank hears nothing", async () => {
    await wallet.getByTestId("id-password-cancel").click();
    await wallet.getByTestId("consent-accept").click();
    expect(await told(PASSWORD)).toBe(LOCKED);
    expect(await wallet.getByTestId("id-password").count()).toBe(0);
    expect(await wallet.getByTestId("request").getAttribute("data-stage")).toBe("asking");
    expect(await counter.getByTestId("counter").getAttribute("data-state")).toBe("scanned");
    await wallet.goto(`${origin}/wallet/#/`);
    await wallet.getByTestId("card").click();
    expect(await wallet.getByTestId("copies-left").getAttribute("data-left")).toBe("10");
  });

  test("in the settings, too, it opens nothing; whoever has forgotten it is told the same way out", async () => {
    await wallet.goto(`${origin}/wallet/#/settings`);
    await wallet.getByTestId("account-password").click();
    await wallet.setViewportSize(NARROWEST);
    const forgotten = wallet.getByTestId("password-forgotten").locator("summary");
    await wallet.getByTestId("id-password-enter").focus();
    await wallet.keyboard.press("Tab");
    expect(await isUncovered(forgotten)).toBe(true);
    await wallet.keyboard.press("Enter");
    await wallet.keyboard.press("Tab");
    expect(await focused()).toBe("password-anew");
    expect(await isUncovered(wallet.getByTestId("password-anew"))).toBe(true);
    await wallet.setViewportSize(PHONE);
    expect(await wallet.getByTestId("password-anew").getAttribute("href")).toBe("#/enrol?goal=full");
    expect(await everywhere(wallet, "wallet-password-forgotten")).toEqual([]);
    expect(await told(PASSWORD)).toBe(LOCKED);
    expect(await everywhere(wallet, "wallet-password-locked")).toEqual([]);
    expect(await cardsOf(folder, person)).toEqual(["full valid", "light revoked"]);
  });

  test("it leads to chip, new ID password and face; that the last answer to the camera is lost does no harm", async () => {
    await wallet.getByTestId("password-anew").focus();
    await wallet.keyboard.press("Enter");
    await wallet.locator('[data-testid="enrol"][data-goal="full"]').waitFor();
    expect(await wallet.getByTestId("number").inputValue()).toBe(person.number);
    await fromConsentToFace(wallet, origin, passport, OTHER);
    await loseTheLastAnswer();
    await collectFull(phone, OTHER);
    expect(await wallet.evaluate(() => document.documentElement.dataset["lost"])).toBe("1");
    await wallet.locator('[data-testid="card-face"][data-level="full"][data-status="valid"]').waitFor();
    expect(await cardsOf(folder, person)).toEqual(["full revoked", "full valid", "light revoked"]);
    await wallet.goto(`${origin}/wallet/#/`);
    await wallet.getByTestId("card").waitFor();
    expect(await wallet.getByTestId("card").count()).toBe(1);
  });

  test("the old ID password no longer opens, with the new one the bank accepts", async () => {
    await askedByTheBank();
    expect(await told(PASSWORD)).toBe(wrong(9));
    await enter(wallet, OTHER);
    await answered(wallet);
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
  });

  test("the pages complained about nothing", () => {
    expect([...phone.browser.complaints, ...desk.complaints]).toEqual([]);
  });
});

/** Whether nothing, such as the navigation, lies over it. */
function isUncovered(shown: Locator): Promise<boolean> {
  return shown.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  });
}
