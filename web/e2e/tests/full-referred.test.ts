import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { DESKTOP, openBrowser, type Browser } from "../harness/browser";
import { follow } from "../harness/enrol";
import { everywhere } from "../harness/everywhere";
import { enter, PASSWORD, upToTheFace } from "../harness/full";
import { signIn } from "../harness/officer";
import { addDirectly, PHOTOGRAPHS } from "../harness/person";
import { openPhone, type Phone } from "../harness/phone";
import { HELD_NEARER, nearer } from "../harness/recapture";

describe("a full card that an officer decides on", () => {
  const { origin } = inject("access");
  const folder = inject("folder");
  let phone: Phone;
  let desk: Browser;
  let wallet: Page;

  beforeAll(async () => {
    [phone, desk] = [await openPhone(folder, "referred"), await openBrowser(DESKTOP)];
    wallet = phone.wallet;
  });

  afterAll(async () => {
    await Promise.all([phone?.close(), desk?.close()]);
  });

  test("the officer compares with the portrait of the chip, and the wallet then collects with the ID password", async () => {
    const person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Nozomi");
    await upToTheFace(wallet, origin, folder, person);
    // A print between living movements is not clear enough for the machine.
    const { camera, face } = phone;
    const near = face.print.map((picture) => nearer(picture, HELD_NEARER));
    await follow(wallet, camera, (step) => (step === "neutral" ? near : face[step]));
    await wallet.getByTestId("outcome-message").waitFor();
    const reason = await wallet.getByTestId("outcome").getAttribute("data-reason");
    expect(["liveness_uncertain", "presentation_attack"]).toContain(reason);
    if (reason === "presentation_attack") return;
    expect(await everywhere(wallet, "wallet-full-referred")).toEqual([]);
    const console_ = await desk.page();
    await signIn(console_, inject("access"));
    await console_.getByTestId("nav-journeys").click();
    await console_.getByTestId("journey").filter({ hasText: person.number }).getByTestId("journey-open").click();
    await console_.getByTestId("accept").waitFor();
    await console_.waitForLoadState("networkidle");
    expect(await console_.getByTestId("faces").locator("figure").count()).toBe(3);
    expect(await everywhere(console_, "console-full-referral")).toEqual([]);
    await console_.getByTestId("accept").click();
    await console_.getByTestId("reason").fill("Seen at the desk");
    await console_.getByTestId("reason-confirm").click();
    await wallet.getByTestId("id-password").waitFor();
    await enter(wallet, PASSWORD);
    await wallet.getByTestId("card-new").waitFor({ timeout: 60_000 });
    expect(await wallet.getByTestId("card-face").getAttribute("data-level")).toBe("full");
  });

  test("the pages complained about nothing", () => {
    expect([...phone.browser.complaints, ...desk.complaints]).toEqual([]);
  });
});
