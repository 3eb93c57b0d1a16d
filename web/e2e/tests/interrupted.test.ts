import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { DESKTOP, openBrowser, PHONE, type Browser } from "../harness/browser";
import { openRequest, openScene, verdict, words } from "../harness/counter";
import { collect, offerTo, openOffer } from "../harness/offer";
import { addDirectly, PHOTOGRAPHS } from "../harness/person";

describe("what comes between a question and its answer", () => {
  const { origin, window: windowLink } = inject("access");
  let phone: Browser;
  let desk: Browser;
  let wallet: Page;
  let counter: Page;

  beforeAll(async () => {
    [phone, desk] = [await openBrowser(PHONE), await openBrowser(DESKTOP)];
    [wallet, counter] = [await phone.page(), await desk.page()];
    await counter.goto(windowLink);
  });

  afterAll(async () => {
    await Promise.all([phone?.close(), desk?.close()]);
  });

  const stage = (of: string) => wallet.locator(`[data-testid="request"][data-stage="${of}"]`);

  /** How often the history says so. */
  async function told(kind: string): Promise<number> {
    await wallet.goto(`${origin}/wallet/#/history`);
    await wallet.getByTestId("history").waitFor();
    return wallet.locator(`[data-testid="history"] [data-kind="${kind}"]`).count();
  }

  test("an offer outlives a reload", async () => {
    const person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Haru");
    const offer = await offerTo(inject("folder"), person);
    await openOffer(wallet, origin, offer);
    expect(wallet.url()).not.toContain("credential_offer");
    await wallet.reload();
    await collect(wallet, offer);
  });

  test("an offer that was used leads to a new enrolment", async () => {
    const person = await addDirectly(origin, PHOTOGRAPHS.b.register, "Fuyu");
    const offer = await offerTo(inject("folder"), person);
    const other = await openBrowser(PHONE);
    const page = await other.page();
    await openOffer(page, origin, offer);
    await collect(page, offer);
    await page.goto(`${origin}/wallet/?offer=${encodeURIComponent(offer.uri)}`);
    await page.getByTestId("collect-error").waitFor();
    await page.getByTestId("collect-start-over").click();
    await page.getByTestId("enrol").waitFor();
    expect(other.complaints).toEqual([]);
    await other.close();
  });

  test("a reload, the way back and a second tab lead to the same question", async () => {
    const code = await openScene(counter, "hotel-checkin-jp");
    const asked = await openRequest(wallet, origin, code);
    await wallet.reload();
    await stage("asking").waitFor();
    expect(await words(wallet)).toBe(asked);
    await wallet.goBack();
    await wallet.getByTestId("link").waitFor();
    await wallet.goForward();
    await stage("asking").waitFor();
    expect(await words(wallet)).toBe(asked);
    const second = await phone.page();
    expect(await openRequest(second, origin, code)).toBe(asked);
    await second.close();
    await wallet.getByTestId("consent-accept").click();
    await stage("given").waitFor();
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted" });
  });

  test("the way back to a question that was answered says that it was", async () => {
    await wallet.goBack();
    await wallet.getByTestId("link").waitFor();
    await wallet.goForward();
    await stage("failed").waitFor();
    expect(await wallet.getByTestId("request").textContent()).toContain("already answered");
    await wallet.reload();
    expect(await wallet.getByTestId("request").count()).toBe(0);
  });

  test("without a network nothing is told as given, and the same answer goes out when there is one", async () => {
    const before = await told("shown");
    await openRequest(wallet, origin, await openScene(counter, "hotel-checkin-jp"));
    await phone.context.setOffline(true);
    await wallet.getByTestId("consent-accept").click();
    const retry = wallet.getByTestId("request-retry");
    await retry.waitFor();
    expect(await wallet.getByTestId("request").textContent()).toContain("no connection");
    expect(await told("shown")).toBe(before);
    await wallet.goBack();
    await retry.click();
    await retry.waitFor();
    await phone.context.setOffline(false);
    await retry.click();
    await stage("given").waitFor();
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted" });
    expect(await told("shown")).toBe(before + 1);
    await wallet.goto(`${origin}/wallet/#/`);
    await wallet.getByTestId("card").first().click();
    // One copy for each of the two checks, and none for the try without a network.
    expect(await wallet.getByTestId("copies-left").getAttribute("data-left")).toBe("8");
  });

  test("the history is deleted only when it is asked for twice", async () => {
    expect(await told("shown")).toBeGreaterThan(0);
    await wallet.getByTestId("history-clear").click();
    expect(await told("shown")).toBeGreaterThan(0);
    await wallet.getByTestId("history-clear-confirm").click();
    await wallet.getByTestId("history").waitFor({ state: "detached" });
  });

  test("the pages complained about nothing", () => {
    expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  });
});
