import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { blurred } from "./pictures";
import { barriers } from "./reach";

export const LANGUAGES = ["en", "ja", "zh-Hans"];
/** The narrowest screen that pages are made for. */
export const NARROWEST = { width: 360, height: 640 };

export async function speak(page: Page, code: string): Promise<void> {
  await page.getByTestId("language").first().selectOption(code);
  await page.locator(`html[lang="${code}"]`).waitFor({ state: "attached" });
}

/**
 * The barriers of a page that is open, in every language, on the narrowest screen; the page is left as it was.
 *
 * With MIBUN_LOOK a picture of each lands in that folder, for somebody to look at.
 */
export async function everywhere(page: Page, name: string): Promise<string[]> {
  const size = page.viewportSize();
  await page.setViewportSize(NARROWEST);
  const found: string[] = [];
  for (const code of LANGUAGES) {
    await speak(page, code);
    found.push(...(await barriers(page)).map((barrier) => `${name}, ${code}: ${barrier}`));
    await look(page, `${name}-${code}-360`);
  }
  await speak(page, "en");
  if (size) await page.setViewportSize(size);
  await look(page, `${name}-en-${size?.width}`);
  return found;
}

async function look(page: Page, name: string): Promise<void> {
  const folder = process.env["MIBUN_LOOK"];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await blurred(page, () => page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: "disabled" }));
}
