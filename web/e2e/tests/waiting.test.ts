import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { DESKTOP, openBrowser, PHONE, type Browser } from "../harness/browser";
import { begin, follow } from "../harness/enrol";
import { everywhere } from "../harness/everywhere";
import { signIn } from "../harness/officer";
import { addDirectly, PHOTOGRAPHS, type Person } from "../harness/person";
import { openPhone, type Phone } from "../harness/phone";
import { HELD_NEARER, nearer } from "../harness/recapture";

/** The issuer wants to be asked every minute, and the page looks a little later. */
const BY_ITSELF_MS = 90_000;
const TRIES = 4;

describe("a card that an officer still decides about, in another browser", () => {
  const { origin } = inject("access");
  const folder = inject("folder");
  let phone: Phone;
  let other: Browser;
  let desk: Browser;
  let wallet: Page;
  let console_: Page;
  /** How the wallet's requests for cards travelled. */
  const types = new Set<string | undefined>();

  beforeAll(async () => {
    [phone, other, desk] = [await openPhone(folder, "waiting"), await openBrowser(PHONE), await openBrowser(DESKTOP)];
    [wallet, console_] = [await other.page(), await desk.page()];
    wallet.on("request", (request) => {
      if (/\/(deferred_)?credential$/.test(new URL(request.url()).pathname)) types.add(request.headers()["content-type"]);
    });
    await signIn(console_, inject("access"));
  });

  afterAll(async () => {
    await Promise.all([phone?.close(), other?.close(), desk?.close()]);
  });

  /** Somebody whose capture an officer has to look at, and what their offer is called meanwhile. */
  async function referred(given: string): Promise<{ person: Person; reference: string; code: string }> {
    const { wallet: page, camera, face } = phone;
    const near = face.print.map((picture) => nearer(picture, HELD_NEARER));
    for (let left = TRIES; left > 0; left--) {
      const person = await addDirectly(origin, PHOTOGRAPHS.a.register, given);
      camera.show(near);
      await begin(page, origin, person);
      // A print between living movements is not clear enough for the machine; now and then it is.
      await follow(page, camera, (step) => (step === "neutral" ? near : face[step]));
      await page.getByTestId("outcome-message").waitFor();
      if ((await page.getByTestId("outcome").getAttribute("data-reason")) !== "liveness_uncertain") continue;
      await page.getByTestId("later").locator("summary").click();
      const text = async (id: string) => ((await page.getByTestId(id).textContent()) ?? "").trim();
      return { person, reference: await text("later-reference"), code: await text("later-code") };
    }
    throw new Error("no capture was left to an officer");
  }

  /** Lets this wallet have what the offer leads to, on the authority's page. */
  async function ask(reference: string, code: string): Promise<void> {
    await wallet.goto(`${origin}/wallet/#/reference`);
    await wallet.getByTestId("collect-page").click();
    await wallet.locator("#reference").fill(reference);
    await wallet.locator("#code").fill(code);
    await wallet.locator('button[value="allow"]').click();
    await wallet.locator('[data-testid="waiting"][data-state="open"]').waitFor({ timeout: 60_000 });
  }

  async function decide({ number }: Person, decision: "accept" | "reject"): Promise<void> {
    await console_.goto(`${origin}/console/`);
    await console_.getByTestId("nav-journeys").click();
    await console_.getByTestId("journey").filter({ hasText: number }).getByTestId("journey-open").click();
    await console_.getByTestId(decision).click();
    await console_.getByTestId("reason").fill("Looked at both pictures");
    await console_.getByTestId("reason-confirm").click();
    await console_.getByTestId("reason-confirm").waitFor({ state: "detached" });
  }

  test("it waits there over a reload, and comes by itself once the officer has agreed", async () => {
    const { person, reference, code } = await referred("Yukino");
    await ask(reference, code);
    expect(await wallet.getByTestId("card").count()).toBe(0);
    expect(await everywhere(wallet, "wallet-waiting")).toEqual([]);
    await wallet.reload();
    const look = wallet.getByTestId("waiting-look");
    await look.focus();
    await wallet.keyboard.press("Enter");
    await wallet.locator('[data-testid="waiting-look"]:not([aria-busy])').waitFor();
    // Whoever has no pointer is still where they were.
    expect(await look.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await wallet.getByTestId("waiting-error").count()).toBe(0);
    expect([await wallet.getByTestId("waiting-news").getAttribute("role"), (await wallet.getByTestId("waiting-news").textContent())?.trim()]).toEqual(["status", "Nothing has been decided yet. The page goes on asking."]);
    await phone.wallet.getByTestId("awaited").waitFor();
    await decide(person, "accept");
    await wallet.getByTestId("waiting-arrived").waitFor({ timeout: BY_ITSELF_MS });
    expect([await wallet.getByTestId("waiting").count(), await wallet.getByTestId("card").count()]).toEqual([0, 1]);
    expect(await everywhere(wallet, "wallet-waiting-arrived")).toEqual([]);
    await wallet.getByTestId("waiting-arrived").getByRole("link").click();
    await wallet.getByTestId("card-new").waitFor();
    expect(await wallet.getByTestId("copies-left").getAttribute("data-left")).toBe("10");
    await wallet.locator('[data-testid="card-face"][data-level="light"][data-status="valid"]').waitFor();
    await wallet.goto(`${origin}/wallet/#/history`);
    await wallet.getByTestId("history").waitFor();
    const kinds = await wallet.locator('[data-testid="history"] [data-kind]').evaluateAll((lines) => lines.map((line) => (line as HTMLElement).dataset["kind"]));
    expect(kinds).toEqual(["received", "awaited"]);
  });

  test("an officer who says no ends it, and the page says what to do; another one is given up", async () => {
    const refused = await referred("Kohaku");
    await ask(refused.reference, refused.code);
    await decide(refused.person, "reject");
    await wallet.getByTestId("waiting-look").click();
    await wallet.getByTestId("waiting-ended").waitFor();
    expect(await wallet.getByTestId("waiting-ended").textContent()).toContain("officer has decided against");
    expect(await everywhere(wallet, "wallet-waiting-ended")).toEqual([]);
    await wallet.getByTestId("waiting-dismiss").click();
    await wallet.getByTestId("waiting").waitFor({ state: "detached" });
    const given = await referred("Chihaya");
    await ask(given.reference, given.code);
    await wallet.getByTestId("waiting-give-up").click();
    await wallet.getByTestId("waiting-give-up-confirm").click();
    await wallet.getByTestId("waiting").waitFor({ state: "detached" });
    await wallet.reload();
    await wallet.getByTestId("home-scan").waitFor();
    expect([await wallet.getByTestId("waiting").count(), await wallet.getByTestId("card").count()]).toEqual([0, 1]);
  });

  test("nobody between wallet and issuer could read a request for a card", () => {
    expect([...types]).toEqual(["application/jwt"]);
  });

  test("the pages complained about nothing", () => {
    expect([...phone.browser.complaints, ...other.complaints, ...desk.complaints]).toEqual([]);
  });
});
