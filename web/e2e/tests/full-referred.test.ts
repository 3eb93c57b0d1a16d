import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { actor, type Actor } from "../harness/actor";
import { DESKTOP, openBrowser, PHONE, type Browser } from "../harness/browser";
import { Camera } from "../harness/camera";
import { follow } from "../harness/enrol";
import { everywhere } from "../harness/everywhere";
import { enter, PASSWORD, upToTheFace } from "../harness/full";
import { signIn } from "../harness/officer";
import { addDirectly, PHOTOGRAPHS } from "../harness/person";
import { nearer } from "../harness/recapture";

/** How much nearer than the actor a picture is held, so that its face is as large as a living one. */
const HELD_NEARER = 1.3;

describe("a full card that an officer decides on", () => {
  const { origin } = inject("access");
  const folder = inject("folder");
  let phone: Browser;
  let desk: Browser;
  let camera: Camera;
  let face: Actor;
  let wallet: Page;

  beforeAll(async () => {
    face = actor(PHOTOGRAPHS.a.camera, folder);
    camera = new Camera(join(folder, "referred.y4m"), face.neutral);
    [phone, desk] = [await openBrowser(PHONE, camera.path), await openBrowser(DESKTOP)];
    wallet = await phone.page();
  });

  afterAll(async () => {
    camera?.stop();
    await Promise.all([phone?.close(), desk?.close()]);
  });

  test("the officer compares with the portrait of the chip, and the wallet then collects with the ID password", async () => {
    const person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Nozomi");
    await upToTheFace(wallet, origin, folder, person);
    // A print between living movements is not clear enough for the machine.
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
    expect([...phone.complaints, ...desk.complaints]).toEqual([]);
  });
});
