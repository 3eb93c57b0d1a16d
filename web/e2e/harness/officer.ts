import type { Page } from "playwright-core";
import type { Access } from "./server";
import { totp } from "./totp";

const STEP_MS = 30_000;

/**
 * Signs an officer in. A code counts only once, so after it comes that of the next step, which the server takes from an
 * authenticator whose clock is ahead; what was used as well is waited out.
 */
export async function signIn(page: Page, { origin, officer }: Access): Promise<void> {
  await page.goto(`${origin}/console/`);
  await page.getByTestId("officer-name").fill(officer.name);
  await page.getByTestId("officer-password").fill(officer.password);
  const inside = page.locator('[data-count="people"]');
  const refused = page.getByTestId("sign-in-error");
  for (const ahead of [0, STEP_MS, STEP_MS]) {
    await page.getByTestId("officer-totp").fill(totp(officer.secret, Date.now() + ahead));
    await page.getByTestId("sign-in-submit").click();
    await inside.or(refused).first().waitFor();
    if (await inside.isVisible()) return;
    if (ahead > 0) await page.waitForTimeout(STEP_MS - (Date.now() % STEP_MS) + 500);
  }
  throw new Error("the officer could not sign in");
}
