import type { Page } from "playwright-core";
import type { Actor, Scene } from "./actor";
import type { Camera } from "./camera";
import type { Person } from "./person";

/** How an enrolment went on, as the page says it. */
export interface Outcome {
  outcome: string | null;
  reason: string | null;
  message: string;
}

const CAPTURE_LIMIT_MS = 120_000;
const LOOK_MS = 60;
/** How long eyes stay closed, and then open, while a blink is asked for: longer than two pictures on a slow machine. */
const LIDS_MS = 700;

/** Types number and name, agrees, and starts the camera. */
export async function begin(page: Page, origin: string, person: Person, look?: () => Promise<void>): Promise<void> {
  await page.goto(`${origin}/wallet/#/enrol`);
  await page.getByTestId("number").fill(person.number);
  await page.getByTestId("name").fill(person.name);
  await page.getByTestId("agree").check();
  await look?.();
  await page.getByTestId("enrol-begin").click();
  await page.waitForURL(/#\/capture/);
}

/** Does what the page asks for, as a person before the camera, until the capture is over. */
export async function follow(page: Page, camera: Camera, pictures: (step: Scene) => readonly Buffer[], watch?: (step: Scene) => Promise<void>): Promise<void> {
  for (const limit = Date.now() + CAPTURE_LIMIT_MS; Date.now() < limit; await page.waitForTimeout(LOOK_MS)) {
    if (!page.url().includes("#/capture")) return;
    const step = await page.evaluate(() => document.querySelector<HTMLElement>('[data-testid="capture"]')?.dataset["step"]);
    const failed = await page.evaluate(() => document.querySelector('[data-testid="capture-failed"]')?.textContent);
    if (failed) throw new Error(`the capture ended: ${failed}`);
    if (!step) continue;
    const lidsOpen = step === "blink" && Math.floor(Date.now() / LIDS_MS) % 2 === 0;
    const scene = step === "centre" || lidsOpen ? "neutral" : (step as Scene);
    camera.show(pictures(scene));
    await watch?.(scene);
  }
  throw new Error("the capture did not end");
}

/** A live person: every movement as asked. */
export const alive = (person: Actor) => (step: Scene) => person[step];

/**
 * Follows a capture to its decision and answers the reason; one that a busy machine cut short, for want of frames, says
 * nothing and is made again.
 */
export async function decided(page: Page, camera: Camera, pictures: (step: Scene) => readonly Buffer[]): Promise<string | null> {
  for (let left = 2; ; left--) {
    await follow(page, camera, pictures);
    const place = page.locator('[data-testid="outcome"][data-reason]');
    const reason = await place.getAttribute("data-reason");
    if (reason !== "capture_interrupted" || left === 0) return reason;
    camera.show(pictures("neutral"));
    await page.getByTestId("outcome-retry").click();
    await page.waitForURL(/#\/capture/);
  }
}

/** The sentence that the person is told when no card comes of it. */
export async function outcome(page: Page): Promise<Outcome> {
  const place = page.getByTestId("outcome");
  const message = (await page.getByTestId("outcome-message").textContent()) ?? "";
  return { outcome: await place.getAttribute("data-outcome"), reason: await place.getAttribute("data-reason"), message: message.trim() };
}
