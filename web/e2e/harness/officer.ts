import type { Page } from "playwright-core";
import type { Access } from "./server";
import { totp } from "./totp";

const STEP_MS = 30_000;

/** Signs an officer in; a code that was used before is waited out, for it counts only once. */
export async function signIn(page: Page, { origin, officer }: Access): Promise<void> {
  await page.goto(`${origin}/console/`);
  await page.getByTestId("officer-name").fill(officer.name);
  await page.getByTestId("officer-password").fill(officer.password);
  const inside = page.locator('[data-count="people"]');
  const refused = page.getByTestId("sign-in-error");
  for (let attempt = 0; attempt < 2; attempt++) {
    await page.getByTestId("officer-totp").fill(totp(officer.secret, Date.now()));
    await page.getByTestId("sign-in-submit").click();
    await inside.or(refused).first().waitFor();
    if (await inside.isVisible()) return;
    await page.waitForTimeout(STEP_MS - (Date.now() % STEP_MS) + 500);
  }
  throw new Error("the officer could not sign in");
}
