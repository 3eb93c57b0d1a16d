import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { actor, type Actor, type Scene } from "../harness/actor";
import { DESKTOP } from "../harness/browser";
import { alive, begin, follow, outcome, type Outcome } from "../harness/enrol";
import { HELD_NEARER, nearer } from "../harness/recapture";
import { signIn } from "../harness/officer";
import { addDirectly, PHOTOGRAPHS, type Person } from "../harness/person";
import { openPhone, type Phone } from "../harness/phone";
import { keep } from "../harness/pictures";
import { barriers } from "../harness/reach";

/** A number of the right form that nobody was given. */
const NOBODY: Person = { number: "ZZ000000", name: "Kazama Ren" };

describe("who is refused a card", () => {
  const { origin } = inject("access");
  const folder = inject("folder");
  let phone: Phone;
  let page: Page;
  let own: Actor;
  let other: Actor;

  beforeAll(async () => {
    phone = await openPhone(folder, "refused");
    [page, own, other] = [phone.wallet, phone.face, actor(PHOTOGRAPHS.b.camera, folder)];
  });

  afterAll(async () => {
    await phone?.close();
  });

  /** What came of an attempt; one that a busy machine cut short, for want of frames, says nothing and is made again. */
  async function attempt(person: Person, pictures: (step: Scene) => readonly Buffer[]): Promise<Outcome> {
    for (let left = 2; ; left -= 1) {
      phone.camera.show(pictures("neutral"));
      await begin(page, origin, person);
      await follow(page, phone.camera, pictures);
      const seen = await outcome(page);
      expect(await page.getByTestId("card-new").count()).toBe(0);
      if (seen.reason !== "capture_interrupted" || left === 0) return seen;
    }
  }

  test("another person's face, and a number that is in no register, are told the same", async () => {
    const person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Mio");
    const stranger = await attempt(person, alive(other));
    expect(stranger.outcome).toBe("rejected");
    expect(stranger.message.length).toBeGreaterThan(20);
    const nobody = await attempt(NOBODY, alive(own));
    expect(nobody).toEqual(stranger);
  });

  test("the right face under another name is told the same as a wrong face", async () => {
    const person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Sora");
    const misnamed = await attempt({ ...person, name: "Kazama Nagi" }, alive(own));
    const stranger = await attempt(person, alive(other));
    expect(misnamed).toEqual(stranger);
  });

  test.each(["print", "screen"] as const)("a %s held up to the camera does not follow the movements", async (held) => {
    const person = await addDirectly(origin, PHOTOGRAPHS.a.register, held === "print" ? "Kaede" : "Hinata");
    const near = own[held].map((picture) => nearer(picture, HELD_NEARER));
    const seen = await attempt(person, () => near);
    expect(seen).toMatchObject({ outcome: "rejected", reason: "challenge_failed" });
    expect(seen.message).toContain("movements");
  });

  test("a print between living movements is seen, and an officer who looks at the two faces refuses it", async () => {
    const person = await addDirectly(origin, PHOTOGRAPHS.a.register, "Akane");
    const near = own.print.map((picture) => nearer(picture, HELD_NEARER));
    const seen = await attempt(person, (step) => (step === "neutral" ? near : own[step]));
    expect(["liveness_uncertain", "presentation_attack"]).toContain(seen.reason);
    if (seen.outcome === "rejected") return;
    const console_ = await phone.browser.page(DESKTOP);
    await signIn(console_, inject("access"));
    await console_.getByTestId("nav-journeys").click();
    await console_.getByTestId("journey").filter({ hasText: person.number }).getByTestId("journey-open").click();
    await console_.getByTestId("reject").waitFor();
    expect(await barriers(console_)).toEqual([]);
    await console_.waitForLoadState("networkidle");
    await keep(console_, "console-referral");
    await console_.getByTestId("reject").click();
    await console_.getByTestId("reason").fill("A printed picture");
    await console_.getByTestId("reason-confirm").click();
    await page.locator('[data-testid="outcome"][data-state="rejected"]').waitFor();
    expect(await page.getByTestId("card-new").count()).toBe(0);
    await console_.close();
  });

  test("the pages complained about nothing", () => {
    expect(phone.browser.complaints).toEqual([]);
  });
});
