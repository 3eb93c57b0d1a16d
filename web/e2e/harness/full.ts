import type { Page } from "playwright-core";
import { foundState, makePassport, readAt, type Zone } from "./document";
import { alive, decided } from "./enrol";
import { collect, offerTo, openOffer } from "./offer";
import { PHOTOGRAPHS, type Person } from "./person";
import type { Phone } from "./phone";

/** An ID password that will do, another one, one that is wrong by a digit, and one that is a day. */
export const PASSWORD = "40718263";
export const OTHER = "60718293";
export const WRONG = "40718264";
export const WEAK = "19900102";

/** Gets the light card at the officer's desk; answers what the zone of the person's passport has to say. */
export async function lightCard(page: Page, origin: string, folder: string, person: Person): Promise<Zone> {
  const offer = await offerTo(folder, person);
  await openOffer(page, origin, offer);
  await collect(page, offer);
  await page.locator("summary").click();
  const number = await page.locator('[data-testid="card-claims"] [data-path="document_number"] dd').textContent();
  const [surname = "", given = ""] = person.name.toUpperCase().split(" ");
  return { number: number?.trim() ?? "", surname, given, birth: "1990-01-02", nationality: "JPN" };
}

/** The code that the wallet shows for a reader. */
export async function pairingCode(page: Page): Promise<string> {
  return (await page.getByTestId("pairing-code").getAttribute("data-code")) ?? "";
}

export async function enter(page: Page, password: string): Promise<void> {
  await page.getByTestId("id-password").fill(password);
  await page.getByTestId("id-password-enter").click();
}

/** Goes from the light card to the camera: consent, the chip of the passport, the ID password. Answers the passport. */
export async function upToTheFace(page: Page, origin: string, folder: string, person: Person): Promise<string> {
  await foundState(folder);
  const zone = await lightCard(page, origin, folder, person);
  const passport = await makePassport(page, folder, zone, PHOTOGRAPHS.a.register);
  await page.getByTestId("get-full").click();
  await fromConsentToFace(page, origin, passport, PASSWORD);
  return passport;
}

/** Agrees to a journey to the full card, and goes on to the camera with a passport and an ID password. */
export async function fromConsentToFace(page: Page, origin: string, passport: string, password: string): Promise<void> {
  await page.getByTestId("agree").check();
  await page.getByTestId("enrol-begin").click();
  const reading = await readAt(origin, await pairingCode(page), passport);
  if (reading.type !== "done") throw new Error(`the passport was refused: ${reading.code}`);
  for (const field of ["new-password", "new-password-again"]) await page.getByTestId(field).fill(password);
  await page.getByTestId("choose-password-save").click();
  await page.getByTestId("full-capture").click({ timeout: 60_000 });
  await page.waitForURL(/#\/capture/);
}

/** Does what the camera asks for, and collects the full card with the ID password. */
export async function collectFull({ wallet, camera, face }: Phone, password: string): Promise<void> {
  const reason = await decided(wallet, camera, alive(face));
  if (reason !== "matched") throw new Error(`the face was not taken: ${reason}`);
  await wallet.getByTestId("id-password").waitFor();
  await enter(wallet, password);
  await wallet.getByTestId("card-new").waitFor({ timeout: 60_000 });
}
