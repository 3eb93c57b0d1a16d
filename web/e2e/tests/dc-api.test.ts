import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import { DESKTOP, openBrowser, type Browser } from "../harness/browser";
import { codeText, openScene, verdict, waitForState } from "../harness/counter";
import { DeviceWallet, type Handed } from "../harness/device";
import { everywhere } from "../harness/everywhere";
import { offerTo } from "../harness/offer";
import { addDirectly, PHOTOGRAPHS } from "../harness/person";

const HOTEL = "hotel-checkin-jp";

describe("the window asks the wallet of its own device, through the browser", () => {
  const { origin, window: windowLink } = inject("access");
  const folder = inject("folder");
  let desk: Browser;
  let counter: Page;
  let wallet: DeviceWallet;

  beforeAll(async () => {
    desk = await openBrowser(DESKTOP);
    counter = await desk.page();
    await counter.goto(windowLink);
    wallet = await DeviceWallet.of(counter, origin, folder);
    await wallet.collect(await offerTo(folder, await addDirectly(origin, PHOTOGRAPHS.a.register, "Kaede")));
  });

  afterAll(async () => {
    await desk?.close();
  });

  const checkId = () => counter.getByTestId("counter").getAttribute("data-check");

  test("beside the code there is a button, and the browser's answer is accepted", async () => {
    await openScene(counter, HOTEL);
    const byCode = await checkId();
    await counter.getByTestId("ask-device").waitFor();
    expect(await everywhere(counter, "window-device-code")).toEqual([]);
    await wallet.answers("--yes");
    await counter.getByTestId("ask-device").click();
    await waitForState(counter, "verified");
    expect(await verdict(counter)).toMatchObject({ outcome: "accepted", refusal: null });
    expect(await counter.locator('[data-path="given_name"] dd').textContent()).toContain("Kaede");
    const failed = await counter.locator('[data-testid="checks"] [data-passed="false"]').count();
    expect([await checkId(), failed]).not.toEqual([byCode, 0]);
    expect(failed).toBe(0);
    expect(await everywhere(counter, "window-device-accepted")).toEqual([]);
  });

  test("while the wallet asks its holder the page waits, and can be told not to", async () => {
    await openScene(counter, HOTEL);
    await wallet.behaves("wait");
    await counter.getByTestId("ask-device").click();
    await counter.getByTestId("device").waitFor();
    expect(await everywhere(counter, "window-device-asking")).toEqual([]);
    await counter.getByTestId("device-cancel").click();
    await codeText(counter);
    expect(await counter.getByTestId("not-shown").count()).toBe(0);
  });

  test("where the browser's own window is closed the page says that nothing was shown, and the code is there again", async () => {
    await openScene(counter, HOTEL);
    await wallet.behaves("decline");
    await counter.getByTestId("ask-device").click();
    await counter.getByTestId("not-shown").waitFor();
    await codeText(counter);
    expect(await everywhere(counter, "window-device-not-shown")).toEqual([]);
    await counter.keyboard.press("n");
    await counter.getByTestId("not-shown").waitFor({ state: "detached" });
  });

  test("a holder who refuses in the wallet ends the check", async () => {
    await openScene(counter, HOTEL);
    await wallet.answers("--decline");
    await counter.getByTestId("ask-device").click();
    await waitForState(counter, "refused");
    expect(await verdict(counter)).toMatchObject({ outcome: "declined", refusal: null });
    expect(await counter.getByTestId("fields").count()).toBe(0);
  });

  test("a card that is not enough is refused with its reason", async () => {
    await openScene(counter, "bank-account");
    await wallet.answers("--yes");
    await counter.getByTestId("ask-device").click();
    await waitForState(counter, "refused");
    expect(await verdict(counter)).toMatchObject({ outcome: "refused", refusal: "level_too_low" });
    expect(await counter.getByTestId("fields").count()).toBe(0);
  });

  /** Asks, with an answer that is not even judged; the check goes on, so nothing is kept. */
  async function refused(change: (handed: Handed) => Handed, seen?: () => Promise<void>): Promise<string> {
    await openScene(counter, HOTEL);
    await wallet.answers("--yes", change);
    const posted = counter.waitForResponse((answer) => answer.request().method() === "POST" && answer.url().endsWith("/digital-credential"));
    await counter.getByTestId("ask-device").click();
    const { code } = (await (await posted).json()) as { code: string };
    await counter.getByTestId("counter-error").waitFor();
    expect(await counter.getByTestId("result").count()).toBe(0);
    await seen?.();
    await counter.getByTestId("again").click();
    await codeText(counter);
    return code;
  }

  /** How many guests the counter keeps, those of other tests with them. */
  async function guests(): Promise<number> {
    await counter.getByTestId("guests").click();
    await counter.getByTestId("guest").first().waitFor();
    const count = await counter.getByTestId("guest").count();
    await counter.getByTestId("back").click();
    return count;
  }

  test("an answer to an earlier question is refused, and so is one of another protocol", async () => {
    let earlier: Handed | undefined;
    await openScene(counter, HOTEL);
    const before = await guests();
    expect(await refused((handed) => ((earlier = handed), { ...handed, protocol: "openid4vp-v1-unsigned" }))).toBe("wrong_protocol");
    const seen = async () => {
      expect(await counter.getByTestId("counter-error").textContent()).toContain("does not fit the question");
      expect(await everywhere(counter, "window-device-refused")).toEqual([]);
    };
    expect(await refused(() => earlier as Handed, seen)).toBe("answer_not_decrypted");
    expect(await refused((handed) => ({ ...handed, data: {} }))).toBe("answer_malformed");
    expect(await guests()).toBe(before);
  });

  test("a browser that cannot ask a wallet offers no such thing", async () => {
    const other = await desk.page();
    await other.addInitScript(() => Reflect.deleteProperty(globalThis, "DigitalCredential"));
    await other.goto(`${origin}/window/`);
    await codeText(other);
    expect(await other.getByTestId("ask-device").count()).toBe(0);
    await other.close();
  });

  test("the page complained about nothing", () => {
    expect(desk.complaints).toEqual([]);
  });
});
