import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { settings } from "./settings";

/** Somebody in the register, as they know themselves. */
export interface Person {
  number: string;
  name: string;
}

export const PHOTOGRAPHS = { a: { register: "a1", camera: "a2" }, b: { register: "b1", camera: "b2" } } as const;

/** The details of the person of the main walk, as typed into the start page. */
export const AYA = {
  "family-name": "Kazama",
  "given-name": "Aya",
  "family-name-native": "風間",
  "given-name-native": "彩",
  birthdate: "1988-04-12",
  address: "1-2-3 Hoshimi, Minato, Utopia City 104-0001",
};

/** Adds a person to the register on the start page, as a visitor does. */
export async function addByPage(page: Page, origin: string, photograph: string): Promise<Person> {
  await page.goto(`${origin}/`);
  for (const [field, value] of Object.entries(AYA)) await page.getByTestId(field).fill(value);
  await page.getByTestId("sex").selectOption("2");
  await page.getByTestId("nationality").selectOption("JP");
  await page.getByTestId("portrait-file").setInputFiles(join(settings().faces, `${photograph}.jpg`));
  await page.getByTestId("add-submit").click();
  const number = await page.getByTestId("number").textContent({ timeout: 60_000 });
  return { number: number?.trim() ?? "", name: `${AYA["family-name"]} ${AYA["given-name"]}` };
}

/** Adds a person by the interface that the start page uses. */
export async function addDirectly(origin: string, photograph: string, given: string): Promise<Person> {
  const form = new FormData();
  const details = { family_name: "Kazama", given_name: given, family_name_native: "", given_name_native: "", birthdate: "1990-01-02", sex: "1", nationality: "JP", address: "4-5-6 Hoshimi, Utopia City" };
  for (const [name, value] of Object.entries(details)) form.append(name, value);
  form.append("portrait", new Blob([new Uint8Array(readFileSync(join(settings().faces, `${photograph}.jpg`)))], { type: "image/jpeg" }), "portrait.jpg");
  const answer = await fetch(`${origin}/api/demo/people`, { method: "POST", body: form, headers: { origin, "x-mibun": "1" }, signal: AbortSignal.timeout(60_000) });
  if (answer.status !== 201) throw new Error(`adding a person: ${answer.status} ${await answer.text()}`);
  const { number } = (await answer.json()) as { number: string };
  return { number, name: `Kazama ${given}` };
}
