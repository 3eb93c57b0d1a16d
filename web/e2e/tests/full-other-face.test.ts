import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { actor, type Actor } from "../harness/actor";
import { DESKTOP, openBrowser, type Browser } from "../harness/browser";
import { cardsOf } from "../harness/cards";
import { answered, openRequest, openScene, verdict } from "../harness/counter";
import { alive, decided, outcome } from "../harness/enrol";
import { everywhere } from "../harness/everywhere";
import { upToTheFace } from "../harness/full";
import { addDirectly, PHOTOGRAPHS, type Person } from "../harness/person";
import { openPhone, type Phone } from "../harness/phone";

describe("somebody with another person's passport and telephone", () => {
  const { origin, window: windowLink } = inject("access");
  const folder = inject("folder");
  let phone: Phone;
  let desk: Browser;
  let wallet: Page;
  let other: Actor;
  let person: Person;

  beforeAll(async () => {
    other = actor(PHOTOGRAPHS.b.camera, folder);
    [phone, desk] = [await openPhone(folder, "other-face"), await openBrowser(DESKTOP)];
    wallet = phone.wallet;
    person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Makoto");
  });

  afterAll(async () => {
    await Promise.all([phone?.close(), desk?.close()]);
  });

  test("chip and ID password do not help: another face is refused, and told what may help", async () => {
    await upToTheFace(wallet, origin, folder, person);
    phone.camera.show(other.neutral);
    await decided(wallet, phone.camera, alive(other));
    expect(await outcome(wallet)).toEqual({
      outcome: "rejected",
      reason: "not_found_or_mismatch",
      message: "Number, name and face could not be confirmed together. Please check number and name and try again in good light, or come to a counter with your document.",
    });
    expect(await wallet.getByTestId("steps").getAttribute("data-step")).toBe("face");
    for (const way of ["outcome-retry", "start-over"]) expect(await wallet.getByTestId(way).isEnabled()).toBe(true);
    expect(await everywhere(wallet, "wallet-full-other-face")).toEqual([]);
  });

  test("nothing is issued, after a reload neither", async () => {
    await wallet.reload();
    await wallet.locator('[data-testid="outcome"][data-state="rejected"]').waitFor();
    for (const sign of ["collect", "card-new", "id-password"]) expect(await wallet.getByTestId(sign).count()).toBe(0);
    expect(await cardsOf(folder, person)).toEqual(["light valid"]);
  });

  test("the light card is as good as before", async () => {
    await wallet.goto(`${origin}/wallet/#/`);
    await wallet.getByTestId("card").click();
    await wallet.locator('[data-testid="card-face"][data-level="light"][data-status="valid"]').waitFor();
    const counter = await desk.page();
    await counter.goto(windowLink);
    await openRequest(wallet, origin, await openScene(counter, "hotel-checkin-jp"));
    await wallet.getByTestId("consent-accept").click();
    await answered(wallet);
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
  });

  test("the pages complained about nothing", () => {
    expect([...phone.browser.complaints, ...desk.complaints]).toEqual([]);
  });
});
