import { expect } from "vitest";
import type { Page } from "playwright-core";

const CHECK_LIMIT_MS = 30_000;

/** Opens a scene at the counter and waits for its code; answers the text of the code. */
export async function openScene(page: Page, scene: string): Promise<string> {
  if ((await page.getByTestId("scene").inputValue()) === scene) {
    const again = page.getByTestId("new-guest");
    if (await again.isVisible()) await again.click();
  } else {
    await page.getByTestId("scene").selectOption(scene);
  }
  return codeText(page);
}

/** The same, where the card is asked for in another format than the window's own: nobody chooses that on the page. */
export async function askFor(page: Page, scene: string, format: "mso_mdoc" | "either"): Promise<string> {
  await page.route("**/api/checks", (route) => route.continue({ postData: JSON.stringify({ ...(route.request().postDataJSON() as object), format }) }));
  const code = await openScene(page, scene);
  await page.unroute("**/api/checks");
  return code;
}

export async function codeText(page: Page): Promise<string> {
  await waitForState(page, "waiting");
  const text = await page.getByTestId("code").getAttribute("data-text");
  expect(text).toMatch(/request_uri=/);
  return text ?? "";
}

export async function waitForState(page: Page, state: string): Promise<void> {
  await page.locator(`[data-testid="counter"][data-state="${state}"]`).waitFor({ timeout: CHECK_LIMIT_MS });
}

/** Follows a code in the wallet up to the question whether to give; answers the two words. */
export async function openRequest(page: Page, origin: string, code: string): Promise<string> {
  await page.goto(`${origin}/wallet/#/scan`);
  await page.getByTestId("link").fill(code);
  await page.getByTestId("link-open").click();
  const request = page.locator('[data-testid="request"]:is([data-stage="asking"], [data-stage="failed"])');
  await request.waitFor();
  if ((await request.getAttribute("data-stage")) === "failed") throw new Error(`the wallet does not ask: ${await request.textContent()}`);
  return words(page);
}

/** Waits until the wallet has given what was agreed to, or says why not. */
export async function answered(page: Page): Promise<void> {
  await page.locator('[data-testid="request"]:is([data-stage="given"], [data-stage="failed"])').waitFor();
}

/** The two words on a screen, one after the other. */
export async function words(page: Page): Promise<string> {
  return (await page.getByTestId("words").locator("strong").allTextContents()).join(" ");
}

/** The verdict at the counter. */
export async function verdict(page: Page): Promise<{ outcome: string | null; refusal: string | null; sentence: string }> {
  const result = page.getByTestId("result");
  await result.waitFor({ timeout: CHECK_LIMIT_MS });
  const sentence = page.getByTestId("refusal");
  return {
    outcome: await result.getAttribute("data-outcome"),
    refusal: await result.getAttribute("data-refusal"),
    sentence: (await sentence.count()) > 0 ? ((await sentence.textContent()) ?? "") : "",
  };
}
