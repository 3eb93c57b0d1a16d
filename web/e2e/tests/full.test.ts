import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { DESKTOP, openBrowser, PHONE, type Browser } from "../harness/browser";
import { answered, askFor, openRequest, openScene, verdict } from "../harness/counter";
import { foundState, makePassport, readAt, type Zone } from "../harness/document";
import { alive, follow } from "../harness/enrol";
import { everywhere, LANGUAGES, NARROWEST, speak } from "../harness/everywhere";
import { enter, lightCard, pairingCode, PASSWORD, WEAK, WRONG } from "../harness/full";
import { signIn } from "../harness/officer";
import { addDirectly, PHOTOGRAPHS, type Person } from "../harness/person";
import { openPhone, type Phone } from "../harness/phone";
import { keep } from "../harness/pictures";
import { barriers } from "../harness/reach";

describe("a person gets the full card with the chip of a passport, and opens an account at the bank", () => {
  const { origin, window: windowLink } = inject("access");
  const folder = inject("folder");
  let phone: Phone;
  let desk: Browser;
  let wallet: Page;
  let counter: Page;
  let person: Person;
  let zone: Zone;

  beforeAll(async () => {
    [phone, desk] = [await openPhone(folder, "full"), await openBrowser(DESKTOP)];
    [wallet, counter] = [phone.wallet, await desk.page()];
    await counter.goto(windowLink);
    person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Haru");
    await foundState(folder);
  });

  afterAll(async () => {
    await Promise.all([phone?.close(), desk?.close()]);
  });

  test("with the light card from the officer's desk the bank refuses, and the wallet says what helps", async () => {
    zone = await lightCard(wallet, origin, folder, person);
    await openRequest(wallet, origin, await openScene(counter, "bank-account"));
    await wallet.getByTestId("level-warning").waitFor();
    await wallet.getByTestId("consent-accept").click();
    await answered(wallet);
    expect(await wallet.getByTestId("request").textContent()).toContain("needs a full card");
    expect((await verdict(counter)).outcome).toBe("refused");
    await wallet.getByTestId("request-get-full").click();
    await wallet.locator('[data-testid="enrol"][data-goal="full"]').waitFor();
  });

  test("number and name are known from the light card", async () => {
    expect(await wallet.getByTestId("number").inputValue()).toBe(person.number);
    expect(await wallet.getByTestId("name").inputValue()).toContain("Kazama");
    expect(await everywhere(wallet, "wallet-full-enrol")).toEqual([]);
    await wallet.getByTestId("agree").check();
    await keep(wallet, "wallet-full-enrol", { whole: true });
    await wallet.getByTestId("enrol-begin").click();
    await wallet.waitForURL(/#\/full/);
  });

  test("a code brings a reader to the journey, and outlives a reload", async () => {
    await wallet.getByTestId("pairing-code").waitFor();
    const shown = await pairingCode(wallet);
    expect(shown).toMatch(/^[2-9A-HJ-NP-Z]{8}$/);
    expect(await everywhere(wallet, "wallet-full-document")).toEqual([]);
    await keep(wallet, "wallet-full-document");
    await wallet.reload();
    await wallet.getByTestId("pairing-code").waitFor();
    expect(await pairingCode(wallet)).toBe(shown);
  });

  test("a stranger's passport is refused in words, and may be followed by the right one", async () => {
    const strangers = await makePassport(counter, folder, { ...zone, given: "NAGI" }, PHOTOGRAPHS.b.register);
    expect(await readAt(origin, await pairingCode(wallet), strangers)).toMatchObject({ type: "refused", code: "other_person" });
    const refused = wallet.getByTestId("pairing-refused");
    await refused.waitFor();
    expect((await refused.textContent())?.length).toBeGreaterThan(40);
    expect(await everywhere(wallet, "wallet-full-refused")).toEqual([]);
    await wallet.getByTestId("pairing-again").click();
    await wallet.locator('[data-testid="pairing"][data-state="waiting"]').waitFor();
  });

  test.each([
    ["a copied passport", "chip_copied", {}, true],
    ["a passport of a state that is not believed", "not_signed_by_a_trusted_country", { foreign: true }, false],
    ["an expired passport", "document_expired", { expiry: "2020-12-31" }, false],
  ])("%s is refused for its own reason", async (_, code, flaw, copied) => {
    const document = await makePassport(counter, folder, zone, PHOTOGRAPHS.a.register, flaw);
    expect(await readAt(origin, await pairingCode(wallet), document, copied)).toMatchObject({ type: "refused", code });
    const refused = wallet.getByTestId("pairing-refused");
    await refused.waitFor();
    expect((await refused.textContent())?.length).toBeGreaterThan(40);
    await wallet.getByTestId("pairing-again").click();
    await wallet.locator('[data-testid="pairing"][data-state="waiting"]').waitFor();
  });

  test("the chip of the own passport is read", async () => {
    const own = await makePassport(counter, folder, zone, PHOTOGRAPHS.a.register);
    expect(await readAt(origin, await pairingCode(wallet), own)).toMatchObject({ type: "done" });
    await wallet.getByTestId("choose-password").waitFor();
  });

  test("the ID password is judged before anything is sent, then set", async () => {
    const [first, again, save] = ["new-password", "new-password-again", "choose-password-save"].map((id) => wallet.getByTestId(id));
    await first?.fill(WEAK);
    expect(await wallet.getByTestId("choose-password").textContent()).toContain("These digits are a date");
    expect(await everywhere(wallet, "wallet-full-weak")).toEqual([]);
    await first?.fill(PASSWORD);
    await again?.fill(WRONG);
    await save?.click();
    expect(await wallet.getByTestId("choose-password").textContent()).toContain("differ");
    expect(await wallet.evaluate(() => (document.activeElement as HTMLElement).dataset["testid"])).toBe("new-password-again");
    await again?.fill(PASSWORD);
    expect(await everywhere(wallet, "wallet-full-password")).toEqual([]);
    await keep(wallet, "wallet-full-password", { whole: true });
    await save?.click();
    await wallet.getByTestId("full-capture").waitFor({ timeout: 60_000 });
    await wallet.reload();
    await wallet.getByTestId("full-capture").waitFor();
    expect(await everywhere(wallet, "wallet-full-face")).toEqual([]);
  });

  test("the face is that of both portraits, and the wallet asks for the ID password", async () => {
    await wallet.getByTestId("full-capture").click();
    await wallet.waitForURL(/#\/capture/);
    await follow(wallet, phone.camera, alive(phone.face));
    await wallet.getByTestId("id-password").waitFor({ timeout: 60_000 });
    expect(await wallet.getByTestId("steps").getAttribute("data-step")).toBe("card");
    expect(await everywhere(wallet, "wallet-full-collect")).toEqual([]);
    await enter(wallet, WRONG);
    await wallet.getByTestId("password-trouble").waitFor({ timeout: 60_000 });
    expect(await wallet.getByTestId("password-trouble").textContent()).toContain("9 tries are left");
    // The access token of the first offer is lost with the page; the journey has another.
    await wallet.reload();
    await wallet.getByTestId("id-password").waitFor();
  });

  test("the full card takes the place of the light one", async () => {
    await enter(wallet, PASSWORD);
    await wallet.getByTestId("card-new").waitFor({ timeout: 60_000 });
    expect(await wallet.getByTestId("card-face").getAttribute("data-level")).toBe("full");
    await wallet.locator('[data-testid="card-face"][data-status="valid"]').waitFor();
    expect(await wallet.getByTestId("get-full").count()).toBe(0);
    expect(await everywhere(wallet, "wallet-full-card")).toEqual([]);
    await keep(wallet, "wallet-full-card");
    await wallet.goto(`${origin}/wallet/#/`);
    await wallet.getByTestId("card").waitFor();
    expect(await wallet.getByTestId("card").count()).toBe(1);
  });

  test("the question for the ID password speaks three languages at 360 pixels", async () => {
    await openRequest(wallet, origin, await openScene(counter, "bank-account"));
    expect(await wallet.getByTestId("level-warning").count()).toBe(0);
    await wallet.setViewportSize(NARROWEST);
    for (const language of [...LANGUAGES.slice(1), "en"]) {
      await speak(wallet, language);
      await wallet.getByTestId("consent-accept").click();
      await wallet.getByTestId("id-password").waitFor();
      expect(await barriers(wallet)).toEqual([]);
      await wallet.keyboard.press("Escape");
      await wallet.getByTestId("id-password").waitFor({ state: "detached" });
    }
    await wallet.setViewportSize(PHONE);
  });

  test("after the consent the ID password is asked for; a wrong one gives nothing", async () => {
    await wallet.getByTestId("consent-accept").click();
    await wallet.getByTestId("id-password").waitFor();
    await keep(wallet, "wallet-full-consent");
    await enter(wallet, WRONG);
    const trouble = wallet.getByTestId("password-trouble");
    await trouble.waitFor({ timeout: 60_000 });
    expect(await trouble.textContent()).toContain("9 tries are left");
    await wallet.getByTestId("id-password-cancel").click();
    await wallet.getByTestId("id-password").waitFor({ state: "detached" });
    expect(await wallet.getByTestId("request").getAttribute("data-stage")).toBe("asking");
  });

  /** Agrees, enters the ID password, and is believed at the counter. */
  async function givenToTheBank(): Promise<void> {
    await wallet.getByTestId("consent-accept").click();
    await wallet.getByTestId("id-password").waitFor();
    await enter(wallet, PASSWORD);
    await answered(wallet);
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
    await wallet.getByTestId("request-finish").waitFor();
  }

  test("with the right one the bank accepts", async () => {
    await givenToTheBank();
  });

  test("an mdoc of the full card is as good at the bank: the authority's key signs for it", async () => {
    await openRequest(wallet, origin, await askFor(counter, "bank-account", "mso_mdoc"));
    await givenToTheBank();
  });

  test("the console names the state whose document was believed", async () => {
    const console_ = await desk.page();
    await signIn(console_, inject("access"));
    await console_.getByTestId("nav-trust").click();
    await console_.getByTestId("trust-source").waitFor();
    expect(await console_.getByTestId("trust-source").textContent()).toContain("csca.der");
    expect(await everywhere(console_, "console-trust")).toEqual([]);
    await keep(console_, "console-trust");
  });

  test("the pages complained about nothing", () => {
    expect([...phone.browser.complaints, ...desk.complaints]).toEqual([]);
  });
});
