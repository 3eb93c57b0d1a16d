import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { DESKTOP, openBrowser, PHONE, type Browser } from "../harness/browser";
import { openRequest, openScene, verdict } from "../harness/counter";
import { everywhere } from "../harness/everywhere";
import { collectFull, enter, OTHER, PASSWORD, upToTheFace, WEAK } from "../harness/full";
import { collect, offerTo, openOffer } from "../harness/offer";
import { signIn } from "../harness/officer";
import { addDirectly, PHOTOGRAPHS, type Person } from "../harness/person";
import { openPhone, type Phone } from "../harness/phone";
import { keep } from "../harness/pictures";

/** A code of the right form that nobody was given. */
const NOBODYS = "ABCD EFGH JKMN PQRS TUVW";

const drawn = async (page: Page) => (await page.getByTestId("revocation-code").getAttribute("data-code")) ?? "";

/** Keeps a picture of all of the page, the navigation at its end. */
async function keepTall(page: Page, name: string): Promise<void> {
  await page.setViewportSize({ ...PHONE, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  await keep(page, name);
  await page.setViewportSize(PHONE);
}

/** Everything that the browser keeps for the wallet, as one text. */
function stored(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open("mibun-wallet");
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(new Error("no database"));
    });
    const rows = (name: string) =>
      new Promise<unknown[]>((resolve) => {
        const reading = database.transaction(name).objectStore(name).getAll();
        reading.onsuccess = () => resolve(reading.result as unknown[]);
      });
    const all = await Promise.all([...database.objectStoreNames].map(rows));
    database.close();
    return JSON.stringify([all, { ...localStorage }, { ...sessionStorage }]);
  });
}

describe("a phone with a light card is lost", () => {
  const { origin, window: windowLink } = inject("access");
  const folder = inject("folder");
  let phone: Browser;
  let desk: Browser;
  let wallet: Page;
  let elsewhere: Page;
  let counter: Page;
  let code = "";

  beforeAll(async () => {
    [phone, desk] = [await openBrowser(PHONE), await openBrowser(DESKTOP)];
    [wallet, elsewhere, counter] = [await phone.page(), await desk.page(PHONE), await desk.page()];
    await phone.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
    await counter.goto(windowLink);
  });

  afterAll(async () => {
    await Promise.all([phone?.close(), desk?.close()]);
  });

  test("after collecting the wallet offers a code, shows it once, and keeps it nowhere", async () => {
    const offer = await offerTo(folder, await addDirectly(origin, PHOTOGRAPHS.a.register, "Rin"));
    await openOffer(wallet, origin, offer);
    await collect(wallet, offer);
    await wallet.locator('[data-testid="card-face"][data-status="valid"]').waitFor();
    expect(await everywhere(wallet, "wallet-loss")).toEqual([]);
    await wallet.getByTestId("loss-draw").click();
    code = await drawn(wallet);
    expect(code).toMatch(/^[2-9A-HJKMNP-Z]{20}$/);
    expect(await everywhere(wallet, "wallet-code")).toEqual([]);
    await keepTall(wallet, "wallet-code");
    await wallet.getByTestId("code-copy").click();
    await wallet.getByTestId("code-copy").filter({ hasText: "Copied" }).waitFor();
    expect((await wallet.evaluate(() => navigator.clipboard.readText())).replaceAll(" ", "")).toBe(code);
    expect(await stored(wallet)).not.toContain(code);
  });

  test("on paper stand the code and where to type it, and nothing else", async () => {
    await wallet.emulateMedia({ media: "print" });
    const paper = await wallet.locator("body").innerText();
    expect(paper.replaceAll(/\s/g, "")).toContain(code);
    expect(paper).toContain(`${origin}/wallet/#/lost`);
    for (const id of ["card-face", "code-print", "loss-written", "nav-cards"]) expect(await wallet.getByTestId(id).isVisible()).toBe(false);
    await wallet.emulateMedia({ media: null });
    await wallet.getByTestId("loss-written").click();
    await wallet.getByTestId("loss-step").waitFor({ state: "detached" });
    await wallet.reload();
    await wallet.getByTestId("card-face").waitFor();
    expect(await wallet.getByTestId("loss-step").count()).toBe(0);
  });

  test("the start page leads to where it is reported; what cannot be a code is not sent", async () => {
    await elsewhere.goto(`${origin}/`);
    await elsewhere.getByTestId("door-lost").click();
    await elsewhere.getByTestId("lost-code").fill(code.slice(0, 18));
    await elsewhere.getByTestId("lost-submit").click();
    await elsewhere.waitForFunction(() => (document.activeElement as HTMLElement | null)?.dataset["testid"] === "lost-code");
    expect(await elsewhere.getByTestId("lost").textContent()).toContain("not a whole code");
    expect(await everywhere(elsewhere, "wallet-lost")).toEqual([]);
  });

  test("an unknown code is refused in words", async () => {
    await elsewhere.getByTestId("lost-code").fill(NOBODYS);
    await elsewhere.getByTestId("lost-submit").click();
    await elsewhere.getByTestId("lost-error").filter({ hasText: "not a revocation code that is in use" }).waitFor();
  });

  test("the code revokes the card, however it is typed", async () => {
    await elsewhere.getByTestId("lost-code").fill(` ${(code.match(/.{4}/g) ?? []).join("-").toLowerCase()} `);
    await elsewhere.getByTestId("lost-submit").click();
    const done = elsewhere.getByTestId("lost-done");
    await done.waitFor();
    expect([await done.getAttribute("data-cards"), await done.textContent()]).toEqual(["1", expect.stringContaining("1 card was revoked")]);
    expect(await everywhere(elsewhere, "wallet-lost-done")).toEqual([]);
  });

  test("the counter refuses the card as revoked", async () => {
    await openRequest(wallet, origin, await openScene(counter, "hotel-checkin-jp"));
    await wallet.getByTestId("consent-accept").click();
    expect(await verdict(counter)).toMatchObject({ outcome: "refused", refusal: "revoked" });
  });

  test("nobody finds a code by trying, and is told how long to wait", async () => {
    const headers = { "content-type": "application/json", "x-mibun": "1", origin };
    let status = 0;
    for (let tries = 0; tries < 200 && status !== 429; tries++) {
      status = (await fetch(`${origin}/api/holder/lost`, { method: "POST", headers, body: JSON.stringify({ code: NOBODYS }) })).status;
    }
    expect(status).toBe(429);
    await elsewhere.goto(`${origin}/wallet/#/`);
    await elsewhere.getByTestId("home-lost").click();
    await elsewhere.getByTestId("lost-code").fill(NOBODYS);
    await elsewhere.getByTestId("lost-submit").click();
    await elsewhere.getByTestId("lost-error").filter({ hasText: "Too many tries. Please wait" }).waitFor();
  });

  test("the pages complained about nothing", () => {
    expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  });
});

describe("the life of a full card", () => {
  const { origin } = inject("access");
  const folder = inject("folder");
  let phone: Phone;
  let wallet: Page;
  let person: Person;

  beforeAll(async () => {
    phone = await openPhone(folder, "account");
    wallet = phone.wallet;
    person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Tsubasa");
  });

  afterAll(async () => {
    await phone?.close();
  });

  async function act(action: string): Promise<void> {
    await wallet.goto(`${origin}/wallet/#/settings`);
    await wallet.getByTestId(`account-${action}`).click();
    await wallet.getByTestId("id-password").waitFor();
  }

  test("the full card is collected; the code for the case of loss may wait", async () => {
    await upToTheFace(wallet, origin, folder, person);
    await collectFull(phone, PASSWORD);
    await wallet.getByTestId("loss-later").click();
    await wallet.getByTestId("loss-step").waitFor({ state: "detached" });
    await wallet.goto(`${origin}/wallet/#/settings`);
    await wallet.getByTestId("account").waitFor();
    expect(await everywhere(wallet, "wallet-account")).toEqual([]);
    await keepTall(wallet, "wallet-account");
  });

  test("another ID password: the present one first, then the new one by the rules of the first", async () => {
    await act("password");
    expect(await everywhere(wallet, "wallet-password-now")).toEqual([]);
    await enter(wallet, OTHER);
    await wallet.getByTestId("password-trouble").filter({ hasText: "9 tries are left" }).waitFor({ timeout: 60_000 });
    await enter(wallet, PASSWORD);
    await wallet.getByTestId("change-password").waitFor({ timeout: 60_000 });
    const [first, again, save] = ["new-password", "new-password-again", "change-password-save"].map((id) => wallet.getByTestId(id));
    await first?.fill(WEAK);
    await save?.click();
    expect(await wallet.getByTestId("change-password").textContent()).toContain("These digits are a date");
    await first?.fill(OTHER);
    await again?.fill(OTHER);
    expect(await everywhere(wallet, "wallet-password-new")).toEqual([]);
    await save?.click();
    await wallet.getByTestId("password-changed").waitFor({ timeout: 60_000 });
    expect(await everywhere(wallet, "wallet-password-changed")).toEqual([]);
  });

  test("the old one is refused; with the new one a code is drawn", async () => {
    await act("code");
    await enter(wallet, PASSWORD);
    await wallet.getByTestId("password-trouble").filter({ hasText: "is wrong" }).waitFor({ timeout: 60_000 });
    expect(await everywhere(wallet, "wallet-draw-code")).toEqual([]);
    await enter(wallet, OTHER);
    await wallet.getByTestId("revocation-code").waitFor({ timeout: 60_000 });
    expect(await drawn(wallet)).toHaveLength(20);
    expect(await everywhere(wallet, "wallet-drawn-code")).toEqual([]);
    expect(await stored(wallet)).not.toContain(await drawn(wallet));
  });

  test("a copy of the data is one file with what the authority keeps and what the wallet knows", async () => {
    await act("copy");
    expect(await everywhere(wallet, "wallet-copy-ask")).toEqual([]);
    await enter(wallet, OTHER);
    await wallet.getByTestId("copy-summary").waitFor({ timeout: 60_000 });
    await wallet.locator("summary").click();
    expect(await wallet.getByTestId("copy-summary").textContent()).toContain("Tsubasa");
    expect(await wallet.getByTestId("copy-left-out").textContent()).toContain("The trail of what was done when");
    expect(await everywhere(wallet, "wallet-copy")).toEqual([]);
    const [file] = await Promise.all([wallet.waitForEvent("download"), wallet.getByTestId("copy-download").click()]);
    expect(file.suggestedFilename()).toMatch(/^mibun-my-data-\d{4}-\d{2}-\d{2}\.json$/);
    const copy = JSON.parse(readFileSync(await file.path(), "utf8")) as { authority: Record<string, never>; wallet: { history: { kind: string }[] } };
    expect(copy.authority).toMatchObject({ register_record: { number: person.number }, devices: [{ state: "active" }] });
    expect(copy.wallet.history.map(({ kind }) => kind)).toContain("received");
  });

  test("an erasure is confirmed twice, leaves no card, and gives a receipt", async () => {
    await act("erase");
    await wallet.getByTestId("id-password").fill(OTHER);
    await wallet.getByTestId("id-password-enter").click();
    expect(await wallet.evaluate(() => (document.activeElement as HTMLElement).dataset["testid"])).toBe("understood");
    expect(await everywhere(wallet, "wallet-erase")).toEqual([]);
    await wallet.getByTestId("understood").check();
    await wallet.getByTestId("id-password-enter").click();
    const erased = wallet.getByTestId("erased");
    await erased.waitFor({ timeout: 60_000 });
    expect(await erased.getAttribute("data-cards")).toBe("1");
    expect(await everywhere(wallet, "wallet-erased")).toEqual([]);
    const [file] = await Promise.all([wallet.waitForEvent("download"), wallet.getByTestId("receipt-download").click()]);
    expect(file.suggestedFilename()).toMatch(/^mibun-erasure-receipt-\d{4}-\d{2}-\d{2}\.jws$/);
    const [header = ""] = readFileSync(await file.path(), "utf8").split(".");
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toMatchObject({ typ: "mibun-erasure-receipt+jwt", alg: "ES256" });
    await wallet.goto(`${origin}/wallet/#/settings`);
    await wallet.getByTestId("erase").waitFor();
    expect(await wallet.getByTestId("account").count()).toBe(0);
    await wallet.goto(`${origin}/wallet/#/`);
    await wallet.getByTestId("home-enrol").waitFor();
    expect(await wallet.getByTestId("card").count()).toBe(0);
  });

  test("the pages complained about nothing", () => {
    expect(phone.browser.complaints).toEqual([]);
  });
});

describe("an officer sets where a record stands", () => {
  const { origin, window: windowLink } = inject("access");
  let phone: Browser;
  let desk: Browser;
  let wallet: Page;
  let counter: Page;
  let console_: Page;

  beforeAll(async () => {
    [phone, desk] = [await openBrowser(PHONE), await openBrowser(DESKTOP)];
    [wallet, counter, console_] = [await phone.page(), await desk.page(), await desk.page()];
    await counter.goto(windowLink);
  });

  afterAll(async () => {
    await Promise.all([phone?.close(), desk?.close()]);
  });

  async function set(status: string, says: string): Promise<string> {
    await console_.getByTestId(`set-${status}`).click();
    expect(await console_.getByTestId("reason-dialog").textContent()).toContain(says);
    await console_.getByTestId("reason").fill("Told by the family court");
    await console_.getByTestId("reason-confirm").click();
    await console_.locator(`[data-testid="standing"][data-status="${status}"]`).waitFor();
    return (await console_.getByTestId("standing-done").textContent()) ?? "";
  }

  test("cards are suspended and revoked with the record, and resumed each by itself", async () => {
    const person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Izumi");
    const offer = await offerTo(inject("folder"), person);
    await openOffer(wallet, origin, offer);
    await collect(wallet, offer);
    await signIn(console_, inject("access"));
    await console_.getByTestId("nav-people").click();
    await console_.getByRole("row").filter({ hasText: person.number }).getByTestId("person").click();
    await console_.getByTestId("standing").waitFor();
    expect(await set("suspended", "until the record is set to active")).toContain("1 card");
    await console_.locator('[data-testid="card"][data-status="suspended"]').waitFor();
    expect(await set("active", "stay suspended")).toContain("No card changed");
    const suspended = console_.locator('[data-testid="card"][data-status="suspended"]');
    await suspended.getByTestId("resume").click();
    await console_.getByTestId("reason").fill("Told by the family court");
    await console_.getByTestId("reason-confirm").click();
    await console_.locator('[data-testid="card"][data-status="valid"]').waitFor();
    expect(await set("deceased", "revoked for good")).toContain("1 card");
    await console_.locator('[data-testid="card"][data-status="revoked"]').waitFor();
    expect(await everywhere(console_, "console-standing")).toEqual([]);
    await openRequest(wallet, origin, await openScene(counter, "hotel-checkin-jp"));
    await wallet.getByTestId("consent-accept").click();
    expect(await verdict(counter)).toMatchObject({ outcome: "refused", refusal: "revoked" });
  });

  test("the pages complained about nothing", () => {
    expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  });
});
