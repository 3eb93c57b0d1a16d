import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { DESKTOP, openBrowser, PHONE, type Browser } from "../harness/browser";
import { answered, askFor, openRequest, verdict } from "../harness/counter";
import { everywhere, speak } from "../harness/everywhere";
import { collect, offerTo, openOffer, type Offer } from "../harness/offer";
import { addDirectly, PHOTOGRAPHS, type Person } from "../harness/person";

describe("a light card in both formats, from the authority's page or an offer, and more copies of it", () => {
  const { origin, window: windowLink } = inject("access");
  const folder = inject("folder");
  let phone: Browser;
  let desk: Browser;
  let wallet: Page;
  let counter: Page;
  let person: Person;

  beforeAll(async () => {
    [phone, desk] = [await openBrowser(PHONE), await openBrowser(DESKTOP)];
    [wallet, counter] = [await phone.page(), await desk.page()];
    person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Fuyu");
  });

  afterAll(async () => {
    await Promise.all([phone?.close(), desk?.close()]);
  });

  /** What the page of the authority is told, with the reference where it asks for one. */
  async function allow(page: Page, { reference, tx_code: code }: Offer): Promise<void> {
    await page.locator("#code").waitFor();
    if ((await page.locator("#reference").count()) > 0) await page.locator("#reference").fill(reference);
    await page.locator("#code").fill(code);
    await page.locator('button[value="allow"]').click();
  }

  test("whoever says no on the authority's page has no card, and can begin again", async () => {
    await wallet.goto(`${origin}/wallet/#/scan`);
    await wallet.getByTestId("scan-reference").click();
    await wallet.getByTestId("collect-page").waitFor();
    expect(await everywhere(wallet, "wallet-reference")).toEqual([]);
    await speak(wallet, "ja");
    await wallet.getByTestId("collect-page").click();
    await wallet.locator("#reference").waitFor();
    expect(await wallet.locator("html").getAttribute("lang"), "the wallet's language goes along").toBe("ja");
    expect(await wallet.locator("main").innerText()).not.toContain("http");
    await wallet.locator('button[value="deny"]').click();
    await wallet.getByTestId("collect-error").waitFor();
    await speak(wallet, "en");
    expect(await wallet.getByTestId("collect-error").textContent()).toContain("may not have the card");
    expect(new URL(wallet.url()).search).toBe("");
    await wallet.getByTestId("collect-start-over").click();
    await wallet.getByTestId("collect-page").waitFor();
  });

  test("with a reference and a code on paper the card comes from the authority's page", async () => {
    await wallet.getByTestId("collect-page").click();
    await allow(wallet, await offerTo(folder, person));
    await wallet.getByTestId("card-new").waitFor({ timeout: 60_000 });
    expect(await wallet.getByTestId("copies-left").getAttribute("data-left")).toBe("10");
    await wallet.locator('[data-testid="card-face"][data-status="valid"]').waitFor();
    // The card is had once: to go back leads to no second answer.
    await wallet.goto(`${origin}/wallet/#/`);
    expect(await wallet.getByTestId("card").count()).toBe(1);
  });

  test("an answer that nobody asked for is not followed", async () => {
    await wallet.goto(`${origin}/wallet/?code=abc&state=def&iss=${encodeURIComponent(origin)}`);
    expect(await wallet.getByTestId("collect-error").textContent()).toContain("not asked for");
    await wallet.goto(`${origin}/wallet/#/`);
  });

  test("an mdoc is asked for in the same words, and shows the counter the same", async () => {
    await counter.goto(windowLink);
    await openRequest(wallet, origin, await askFor(counter, "hotel-checkin-jp", "mso_mdoc"));
    const given = await wallet.getByTestId("given").locator("[data-path]").evaluateAll((lines) => lines.map((line) => (line as HTMLElement).dataset["path"]));
    expect(given).toEqual(expect.arrayContaining(["family_name", "given_name", "address.formatted", "assurance_level"]));
    expect(await wallet.getByTestId("not-given").textContent()).toContain("Date of birth");
    expect(await everywhere(wallet, "wallet-consent-mdoc")).toEqual([]);
    await wallet.getByTestId("consent-accept").click();
    await answered(wallet);
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
    expect(await counter.locator('[data-path="family_name"] dd').textContent()).toContain("Kazama");
  });

  test("what is optional stays with the holder unless it is added, an address as one", async () => {
    await openRequest(wallet, origin, await askFor(counter, "hotel-checkin-cn", "mso_mdoc"));
    const optional = wallet.locator('[data-testid^="optional-"]');
    for (const item of await optional.all()) await item.check();
    await wallet.getByTestId("consent-accept").click();
    await answered(wallet);
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
  });

  test("whoever takes either format gets the first that is named", async () => {
    await openRequest(wallet, origin, await askFor(counter, "parcel-drop-off", "either"));
    await wallet.getByTestId("consent-accept").click();
    await answered(wallet);
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
  });

  /** Leaves so many copies of each format on the device. */
  const leave = (page: Page, left: number) =>
    page.evaluate(async (most) => {
      const open = indexedDB.open("mibun-wallet");
      const db = await new Promise<IDBDatabase>((done, failed) => {
        open.onsuccess = () => done(open.result);
        open.onerror = () => failed(new Error("no database"));
      });
      const store = db.transaction("copies", "readwrite").objectStore("copies");
      const all = await new Promise<{ id: number; mdoc?: string }[]>((done) => {
        const read = store.getAll();
        read.onsuccess = () => done(read.result as { id: number; mdoc?: string }[]);
      });
      const spare = [all.filter(({ mdoc }) => mdoc === undefined), all.filter(({ mdoc }) => mdoc !== undefined)].flatMap((copies) => copies.slice(most));
      for (const { id } of spare) store.delete(id);
      db.close();
    }, left);

  const open = async (page: Page) => {
    await page.goto(`${origin}/wallet/#/`);
    await page.getByTestId("card").click();
    await page.getByTestId("copies-left").waitFor();
  };

  test("a card that runs out is filled up by itself when the wallet is opened, without another enrolment", async () => {
    await leave(wallet, 1);
    await wallet.reload();
    await open(wallet);
    await wallet.locator('[data-testid="copies-left"][data-left="10"]').waitFor();
  });

  test("without a network the holder sees why, and gets the copies when it is back", async () => {
    await leave(wallet, 0);
    await open(wallet);
    await wallet.getByTestId("more-copies-get").waitFor();
    expect(await everywhere(wallet, "wallet-more-copies")).toEqual([]);
    await phone.context.setOffline(true);
    await wallet.getByTestId("more-copies-get").click();
    await wallet.getByTestId("more-copies-error").waitFor();
    await phone.context.setOffline(false);
    await wallet.getByTestId("more-copies-get").click();
    await wallet.locator('[data-testid="copies-left"][data-left="10"]').waitFor();
    await wallet.locator('[data-testid="card-face"][data-status="valid"]').waitFor();
  });

  test("the new copies are good at the counter", async () => {
    await openRequest(wallet, origin, await askFor(counter, "hotel-checkin-jp", "mso_mdoc"));
    await wallet.getByTestId("consent-accept").click();
    await answered(wallet);
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
  });

  test("an offer's code gives both formats as well", async () => {
    const other = await phone.page();
    await other.goto(`${origin}/wallet/#/`);
    const offer = await offerTo(folder, await addDirectly(origin, PHOTOGRAPHS.b.register, "Aki"));
    await openOffer(other, origin, offer);
    await collect(other, offer);
    await openRequest(other, origin, await askFor(counter, "parcel-drop-off", "mso_mdoc"));
    await other.close();
  });

  test("no page broke its Content-Security-Policy or complained", () => {
    expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  });
});
