import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page, Route } from "playwright-core";
import { openBrowser, PHONE, type Browser } from "../harness/browser";
import { everywhere } from "../harness/everywhere";

/** As the service answers; the models that read documents are not part of these tests. */
const CARD = { kind: "resident_card", number: { value: "UT-4821-7730", checked: true }, name: { value: "Kazama Aya", checked: false } };
const PASSPORT = {
  kind: "machine_readable",
  name: { value: "KAZAMA AYA", checked: false },
  chip: { document_number: { value: "TR1234567", checked: true }, birth_date: { value: "880412", checked: true }, expiry_date: { value: "351231", checked: false } },
};

describe("number and name from a photograph of a document", () => {
  const { origin } = inject("access");
  let phone: Browser;
  let page: Page;
  let answer: { status: number; body: object } = { status: 200, body: CARD };
  let sent: Buffer | undefined;
  let photograph: Buffer;

  beforeAll(async () => {
    phone = await openBrowser(PHONE);
    page = await phone.page();
    await page.route("**/api/about", async (route: Route) => {
      const about = await route.fetch();
      await route.fulfill({ json: { ...(await about.json()), reads_documents: true } });
    });
    await page.route("**/api/documents/read", async (route: Route) => {
      sent = route.request().postDataBuffer() ?? undefined;
      await page.waitForTimeout(400);
      await route.fulfill({ status: answer.status, json: answer.body });
    });
    await page.goto(`${origin}/wallet/#/enrol`);
    photograph = Buffer.from(await page.evaluate(() => Object.assign(document.createElement("canvas"), { width: 3600, height: 2700 }).toDataURL("image/png").split(",")[1] ?? ""), "base64");
  });

  afterAll(() => phone?.close());

  async function take(): Promise<void> {
    await page.getByTestId("photo-file").setInputFiles({ name: "document.png", mimeType: "image/png", buffer: photograph });
    await page.locator('[data-testid="read-photo"][data-state="busy"]').waitFor();
    await page.locator('[data-testid="read-photo"]:not([data-state="busy"])').waitFor();
  }

  test("it fills number and name, and says what to check", async () => {
    await page.getByTestId("read-photo").waitFor();
    expect(await page.getByTestId("photo-file").getAttribute("capture")).toBe("environment");
    await take();
    expect(await page.getByTestId("number").inputValue()).toBe("UT-4821-7730");
    expect(await page.getByTestId("name").inputValue()).toBe("Kazama Aya");
    const check = page.getByText("Please check this");
    expect(await check.count()).toBe(1);
    expect(await everywhere(page, "wallet-read")).toEqual([]);
    await page.getByTestId("name").fill("Kazama Ayako");
    await check.waitFor({ state: "detached" });
  });

  test("what is sent is a JPEG of at most 2000 pixels", async () => {
    const size = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const { width, height } = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
      return [bytes[0], bytes[1], width, height];
    }, sent?.toString("base64") ?? "");
    expect(size).toEqual([0xff, 0xd8, 2000, 1500]);
  });

  test.each([
    ["no_text_found", "No writing was found"],
    ["no_document_found", "No document that is known here"],
    ["not_a_picture", "not a picture"],
  ])("%s is told in words", async (code, words) => {
    answer = { status: 422, body: { code } };
    await take();
    await page.getByTestId("photo-error").filter({ hasText: words }).waitFor();
    expect(await everywhere(page, `wallet-read-${code}`)).toEqual([]);
  });

  test("a passport says what opens its chip, for the counter", async () => {
    await page.goto(`${origin}/wallet/#/enrol?goal=full`);
    answer = { status: 200, body: PASSPORT };
    await take();
    await page.getByTestId("number").fill("UT-4821-7730");
    await page.getByTestId("agree").check();
    await page.getByTestId("enrol-begin").click();
    const lines = page.getByTestId("chip-key");
    await lines.waitFor();
    expect(await lines.locator("dd.mono").allTextContents()).toEqual(["TR1234567", "880412", "351231"]);
    expect(await lines.locator('[data-key="expiry_date"]').textContent()).toContain("Please check this");
    expect(await everywhere(page, "wallet-chip-key")).toEqual([]);
  });

  test("where documents are not read nothing is offered", async () => {
    await page.unroute("**/api/about");
    await page.reload();
    await page.getByTestId("pairing-code").waitFor();
    await page.waitForLoadState("networkidle");
    expect(await page.getByTestId("read-photo").count()).toBe(0);
  });

  test("the pages complained about nothing", () => {
    expect(phone.complaints).toEqual([]);
  });
});
