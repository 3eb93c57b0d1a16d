import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Page } from "playwright-core";
import type { Asking } from "../../interop/harness/their-verifier";
import { Asker, ASKER } from "../harness/asker";
import { openBrowser, PHONE, type Browser } from "../harness/browser";
import { answered, openRequest } from "../harness/counter";
import { everywhere } from "../harness/everywhere";
import { collect, offerTo, openOffer } from "../harness/offer";
import { addDirectly, PHOTOGRAPHS } from "../harness/person";
import { barriers } from "../harness/reach";

const VCT = "urn:eudi:pid:1";
const DOCTYPE = "eu.europa.ec.eudi.pid.1";
const card = { id: "card", format: "dc+sd-jwt", meta: { vct_values: [VCT] }, claims: [{ path: ["family_name"] }, { path: ["nationalities", 0] }] };
const document = { id: "document", format: "mso_mdoc", meta: { doctype_value: DOCTYPE }, claims: [{ path: [DOCTYPE, "birth_date"], intent_to_retain: false }] };
const more = { id: "more", format: "dc+sd-jwt", multiple: true, meta: { vct_values: [VCT] }, claims: [{ path: ["given_name"] }] };
const queryOf = (query: object) => query as unknown as Asking["query"];

describe("several cards in one request, and requests that are refused to their asker", () => {
  const { origin } = inject("access");
  const folder = inject("folder");
  let phone: Browser;
  let wallet: Page;
  let asker: Asker;

  beforeAll(async () => {
    phone = await openBrowser(PHONE);
    asker = await Asker.open(phone.context, origin, folder);
    wallet = await phone.page();
    for (const [photograph, name] of [[PHOTOGRAPHS.a, "Haru"], [PHOTOGRAPHS.b, "Natsuki"]] as const) {
      const offer = await offerTo(folder, await addDirectly(origin, photograph.register, name));
      await openOffer(wallet, origin, offer);
      await collect(wallet, offer);
    }
  });

  afterAll(() => Promise.all([phone?.close(), asker?.close()]));

  const left = async () => {
    await wallet.goto(`${origin}/wallet/#/`);
    await wallet.getByTestId("card").first().click();
    return wallet.getByTestId("copies-left").getAttribute("data-left");
  };

  test("each is shown with what of it is asked for, in every language and on the narrowest screen", async () => {
    const { link } = await asker.ask({ query: queryOf({ credentials: [card, document] }) });
    await openRequest(wallet, origin, link);
    expect(await wallet.getByTestId("organisation").textContent()).toBe(ASKER);
    await wallet.getByTestId("several").waitFor();
    const shown = wallet.getByTestId("shown-card");
    expect(await shown.evaluateAll((parts) => parts.map((part) => [(part as HTMLElement).dataset["query"], ...[...part.querySelectorAll<HTMLElement>('[data-testid="given"] [data-path]')].map(({ dataset }) => dataset["path"])]))).toEqual([
      ["card", "family_name", "nationalities.0"],
      ["document", "birthdate"],
    ]);
    for (const summary of await wallet.locator("summary").all()) await summary.click();
    expect(await everywhere(wallet, "wallet-several")).toEqual([]);
    await wallet.setViewportSize({ width: 320, height: 640 });
    expect(await barriers(wallet)).toEqual([]);
    await wallet.setViewportSize(PHONE);
  });

  test("the asker gets what was agreed to under the name of each query, of the card that was chosen", async () => {
    const { link, outcome } = await asker.ask({ query: queryOf({ credentials: [card, document] }) });
    await openRequest(wallet, origin, link);
    const other = wallet.getByTestId("shown-card").nth(1).getByRole("radio").nth(1);
    await other.focus();
    await wallet.keyboard.press("Space");
    await wallet.getByTestId("consent-accept").click();
    await answered(wallet);
    const { shown = {}, refused } = outcome() ?? {};
    expect([Object.keys(shown).sort(), refused]).toEqual([["card", "document"], undefined]);
    expect(shown["card"]).toMatchObject({ claims: { nationalities: [expect.any(String)] } });
    expect(shown["card"]).not.toHaveProperty(["claims", "birthdate"]);
  });

  test("what need not be shown stays with the holder, unless it is added", async () => {
    const before = Number(await left());
    const query = queryOf({ credentials: [card, more], credential_sets: [{ options: [["card"]] }, { options: [["more"]], required: false }] });
    for (const isAdded of [false, true]) {
      const { link, outcome } = await asker.ask({ query });
      await openRequest(wallet, origin, link);
      if (isAdded) await wallet.getByTestId("optional-card").getByRole("checkbox").check();
      expect(await everywhere(wallet, `wallet-optional-card-${isAdded}`)).toEqual([]);
      await wallet.getByTestId("consent-accept").click();
      await answered(wallet);
      expect(Object.keys(outcome()?.shown ?? {}).sort()).toEqual(isAdded ? ["card", "more"] : ["card"]);
    }
    expect(before - Number(await left())).toBe(3);
  });

  test("transaction data is refused to the asker, and to the holder in words", async () => {
    const transaction = Buffer.from(JSON.stringify({ type: "payment", credential_ids: ["card"] })).toString("base64url");
    const { link, outcome } = await asker.ask({ query: queryOf({ credentials: [card] }), change: (payload) => (payload["transaction_data"] = [transaction]) });
    await expect(openRequest(wallet, origin, link)).rejects.toThrow("authorise a transaction");
    await wallet.getByTestId("request-told").waitFor();
    expect(outcome()).toEqual({ declined: "invalid_transaction_data" });
    expect(await everywhere(wallet, "wallet-transaction")).toEqual([]);
  });

  test("no page broke its Content-Security-Policy or complained", () => {
    expect(phone.complaints).toEqual([]);
  });
});
