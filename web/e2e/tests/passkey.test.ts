import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { Authenticator } from "../harness/authenticator";
import { DESKTOP, openBrowser, PHONE, type Browser } from "../harness/browser";
import { answered, openRequest, openScene, verdict, waitForState } from "../harness/counter";
import { everywhere, LANGUAGES, NARROWEST, speak } from "../harness/everywhere";
import { collectFull, enter, PASSWORD, upToTheFace } from "../harness/full";
import { addDirectly, PHOTOGRAPHS } from "../harness/person";
import { openPhone, type Phone } from "../harness/phone";
import { keep } from "../harness/pictures";
import { barriers } from "../harness/reach";

const HOTEL = "hotel-checkin-jp";

describe("a full card is unlocked with a passkey", () => {
  const { origin, window: windowLink } = inject("access");
  const folder = inject("folder");
  let phone: Phone;
  let desk: Browser;
  let wallet: Page;
  let counter: Page;
  let authenticator: Authenticator;

  beforeAll(async () => {
    [phone, desk] = [await openPhone(folder, "passkey"), await openBrowser(DESKTOP)];
    [wallet, counter] = [phone.wallet, await desk.page()];
    authenticator = await Authenticator.of(wallet);
    await counter.goto(windowLink);
  });

  afterAll(async () => {
    await Promise.all([phone?.close(), desk?.close()]);
  });

  const stage = () => wallet.getByTestId("request").getAttribute("data-stage");
  const asked = async (scene: string) => openRequest(wallet, origin, await openScene(counter, scene));

  test("whoever has just collected a full card is offered a passkey", async () => {
    await upToTheFace(wallet, origin, folder, await addDirectly(origin, PHOTOGRAPHS.a.register, "Hikaru"));
    await collectFull(phone, PASSWORD);
    await wallet.getByTestId("passkey-offer").waitFor();
    expect(await everywhere(wallet, "wallet-passkey-offer")).toEqual([]);
    await wallet.getByTestId("passkey-add").click();
    await wallet.locator('[data-testid="passkey"][data-stage="password"]').waitFor();
    expect(await everywhere(wallet, "wallet-passkey-password")).toEqual([]);
  });

  test("a finger that is not recognised makes none; the right one does", async () => {
    await enter(wallet, PASSWORD);
    await wallet.getByTestId("passkey-make").waitFor({ timeout: 60_000 });
    expect(await everywhere(wallet, "wallet-passkey-make")).toEqual([]);
    await authenticator.recognises(false);
    await wallet.getByTestId("passkey-make").click();
    await wallet.getByTestId("passkey-failure").waitFor({ timeout: 120_000 });
    expect(await wallet.evaluate(() => (document.activeElement as HTMLElement).dataset["testid"])).toBe("passkey-make");
    expect(await everywhere(wallet, "wallet-passkey-not-made")).toEqual([]);
    expect(await authenticator.passkeys()).toEqual([]);
    await authenticator.recognises(true);
    await wallet.getByTestId("passkey-make").click();
    await wallet.locator('[data-testid="passkey"][data-stage="done"]').waitFor();
    expect(await everywhere(wallet, "wallet-passkey-done")).toEqual([]);
    expect(await authenticator.passkeys()).toMatchObject([{ rpId: "localhost" }]);
  });

  test("at the hotel the passkey is enough: no password is typed", async () => {
    await asked(HOTEL);
    await wallet.getByTestId("consent-by-password").waitFor();
    expect(await everywhere(wallet, "wallet-passkey-consent")).toEqual([]);
    await wallet.getByTestId("consent-accept").scrollIntoViewIfNeeded();
    await keep(wallet, "wallet-passkey", { whole: true });
    await wallet.getByTestId("consent-accept").click();
    await answered(wallet);
    expect(await stage()).toBe("given");
    await waitForState(counter, "verified");
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
    expect(await wallet.getByTestId("passkey-offer").count()).toBe(0);
  });

  test("the bank asks for the ID password although there is a passkey, and says why in three languages", async () => {
    const [before] = await authenticator.passkeys();
    await asked("bank-account");
    expect(await wallet.getByTestId("consent-by-password").count()).toBe(0);
    await wallet.setViewportSize(NARROWEST);
    for (const language of [...LANGUAGES.slice(1), "en"]) {
      await speak(wallet, language);
      await wallet.getByTestId("consent-accept").click();
      await wallet.getByTestId("password-why").waitFor();
      expect(await barriers(wallet)).toEqual([]);
      if (language !== "en") await wallet.keyboard.press("Escape");
    }
    await wallet.setViewportSize(PHONE);
    expect(await wallet.getByTestId("password-why").textContent()).toContain("a passkey is not enough");
    await enter(wallet, PASSWORD);
    await answered(wallet);
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
    expect(await authenticator.passkeys()).toEqual([before]);
  });

  test("a finger that is not recognised shows nothing, and both ways are open again", async () => {
    await authenticator.recognises(false);
    await asked(HOTEL);
    await wallet.getByTestId("consent-by-password").waitFor();
    await wallet.getByTestId("consent-accept").click();
    await wallet.getByTestId("passkey-unused").waitFor({ timeout: 120_000 });
    expect(await stage()).toBe("asking");
    expect(await wallet.evaluate(() => (document.activeElement as HTMLElement).dataset["testid"])).toBe("consent-accept");
    expect(await everywhere(wallet, "wallet-passkey-unused")).toEqual([]);
    expect(await counter.getByTestId("counter").getAttribute("data-state")).toBe("scanned");
    await wallet.getByTestId("consent-by-password").click();
    expect(await wallet.getByTestId("password-why").count()).toBe(0);
    await enter(wallet, PASSWORD);
    await answered(wallet);
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
  });

  test("a passkey that was deleted on the telephone shows nothing; a new one is set in the settings", async () => {
    await authenticator.recognises(true);
    await authenticator.forget();
    await asked(HOTEL);
    await wallet.getByTestId("consent-by-password").waitFor();
    await wallet.getByTestId("consent-accept").click();
    await wallet.getByTestId("passkey-unused").waitFor({ timeout: 120_000 });
    await wallet.getByTestId("passkey-set-anew").click();
    await wallet.locator('[data-testid="passkey-panel"][data-set="true"]').waitFor();
    expect(await everywhere(wallet, "wallet-passkey-settings")).toEqual([]);
    await wallet.getByTestId("passkey-set").click();
    await enter(wallet, PASSWORD);
    await wallet.getByTestId("passkey-make").click({ timeout: 60_000 });
    await wallet.locator('[data-testid="passkey"][data-stage="done"]').waitFor();
    await asked(HOTEL);
    await wallet.getByTestId("consent-by-password").waitFor();
    await wallet.getByTestId("consent-accept").focus();
    await wallet.keyboard.press("Enter");
    await answered(wallet);
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
  });

  test("where the ID password is locked the passkey shows nothing either, and the wallet leads to a new full card", async () => {
    const locked = { status: 409, contentType: "application/problem+json", body: JSON.stringify({ code: "password_locked" }) };
    await wallet.route("**/api/holder/sign/passkey", (route) => route.fulfill(locked), { times: 1 });
    await asked(HOTEL);
    await wallet.getByTestId("consent-by-password").waitFor();
    await wallet.getByTestId("consent-accept").click();
    await answered(wallet);
    expect(await wallet.getByTestId("request").textContent()).toContain("The ID password is locked after too many wrong tries.");
    expect(await wallet.getByTestId("request-get-full").getAttribute("href")).toBe("#/enrol?goal=full");
    expect(await everywhere(wallet, "wallet-passkey-locked")).toEqual([]);
  });

  test("a passkey that the authority no longer knows leads to the ID password, and to a new one", async () => {
    const missing = { status: 409, contentType: "application/problem+json", body: JSON.stringify({ code: "passkey_missing" }) };
    await wallet.route("**/api/holder/sign/passkey", (route) => route.fulfill(missing), { times: 1 });
    await asked(HOTEL);
    await wallet.getByTestId("consent-by-password").waitFor();
    await wallet.getByTestId("consent-accept").click();
    const why = wallet.getByTestId("password-why");
    await why.waitFor();
    expect(await why.textContent()).toContain("no longer accepted");
    expect(await barriers(wallet)).toEqual([]);
    await enter(wallet, PASSWORD);
    await answered(wallet);
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
    await wallet.getByTestId("passkey-offer").waitFor();
    expect(await everywhere(wallet, "wallet-passkey-lost-offer")).toEqual([]);
    await wallet.getByTestId("passkey-add").click();
    await wallet.locator('[data-testid="passkey"][data-stage="password"]').waitFor();
  });

  test("a browser without passkeys offers none", async () => {
    const other = await phone.browser.page();
    await other.addInitScript(() => Reflect.deleteProperty(globalThis, "PublicKeyCredential"));
    await other.goto(`${origin}/wallet/#/settings`);
    await other.getByTestId("erase").waitFor();
    await other.waitForLoadState("networkidle");
    expect(await other.getByTestId("passkey-panel").count()).toBe(0);
    await other.close();
  });

  test("the pages complained about nothing", () => {
    expect([...phone.browser.complaints, ...desk.complaints]).toEqual([]);
  });
});
