import { language, LANGUAGES } from "@mibun/ui";
import { render } from "svelte/server";
import { afterEach, expect, test } from "vitest";
import { text } from "../messages";
import { DOCTYPE } from "../protocol/mdoc/elements";
import { readQuery } from "../protocol/query";
import { CLAIMS, VCT } from "../protocol/testing/authority";
import { claim, credential, element, mdocQuery, query } from "../protocol/testing/queries";
import type { HeldCard } from "../store/cards";
import { labelOf } from "./claims";
import Consent from "./Consent.svelte";

afterEach(() => language.choose("en"));

const card = (id: string, given_name: string): HeldCard => ({ id, issuer: "https://id.example", vct: VCT, doctype: DOCTYPE, claims: { ...CLAIMS, given_name, family_name_native: undefined, given_name_native: undefined }, obtainedAt: 1, expiresAt: undefined, copiesIssued: 3 });
const CARDS = [card("a", "Hanako"), card("b", "Taro")];
const WORD = { en: "boat", ja: "舟", "zh-Hans": "船" };

/** The question as the page first shows it. */
function shown(dcql: unknown, cards = CARDS, more: object = {}): string {
  const request = { query: readQuery(dcql), organisation: "Hotel Aoba", words: { first: WORD, second: WORD }, notice: undefined };
  const props = { request, cards, scene: undefined, ongive: () => undefined, wayOf: async () => "consent", isConfirming: false, unconfirmed: undefined, onrefuse: () => undefined, ...more };
  return render(Consent, { props: props as never }).body;
}

const all = (html: string, pattern: RegExp) => [...html.matchAll(pattern)].map(([, found]) => found);
const paths = (html: string) => all(html, /data-path="([^"]*)"/g);
const TWO = { credentials: [credential("name", [claim("family_name"), claim("nationalities", 0)]), mdocQuery([element(DOCTYPE, "birth_date")])] };

test.each(LANGUAGES)("in %s each of several cards stands in a group under its own name and place", (code) => {
  language.choose(code);
  const html = shown(TWO);
  expect(html).toContain(text().consent.several);
  const groups = all(html, /role="group" aria-labelledby="([^"]*)"/g);
  expect([groups.length, new Set(groups).size, groups.every((id) => html.includes(`id="${id}"`))]).toEqual([2, 2, true]);
  expect([html.includes(text().consent.part(1, 2)), html.includes(text().consent.part(2, 2))]).toEqual([true, true]);
  expect(paths(html)).toEqual(["family_name", "nationalities.0", "birthdate"]);
});

test("which card is chosen for one part says nothing about the other", () => {
  const names = all(shown(TWO), /type="radio" name="([^"]*)"/g);
  expect([names.length, new Set(names).size]).toEqual([4, 2]);
});

test("one card alone is no group and has no place among others", () => {
  const html = shown(query([claim("sex")]), CARDS.slice(0, 1));
  expect([html.includes('role="group"'), html.includes(text().consent.several), paths(html)]).toEqual([false, false, ["sex"]]);
});

test("what need not be shown is offered, unticked, and none of it is among what is given", () => {
  const html = shown({ ...TWO, credential_sets: [{ options: [["name"]] }, { options: [["card_mdoc"]], required: false }] });
  expect([html.includes('data-testid="optional-card"'), /type="checkbox" checked/.test(html), paths(html)]).toEqual([true, false, ["family_name", "nationalities.0"]]);
});

test("cards that do not hold what is asked for cannot be given, and the holder sees what is missing", () => {
  const html = shown({ credentials: [credential("name", [claim("family_name")]), credential("other", [claim("email")])] });
  expect([html.includes("request-no-fit"), html.includes("email"), html.includes("consent-accept"), html.includes("consent-refuse")]).toEqual([true, true, false, true]);
});

const plain = (html: string) => html.replace(/<!--.*?-->/g, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
/** What each label of controls of this type says. */
const labelsWith = (html: string, type: string) => (html.match(/<label.*?<\/label>/gs) ?? []).filter((label) => label.includes(`type="${type}"`)).map(plain);
const LESS = credential("less", [claim("given_name")]);
const FULL = credential("full", [claim("family_name"), claim("sex"), claim("given_name")], { claim_sets: [["family_name", "sex", "given_name"], ["family_name", "given_name"]] });
const ONE = CARDS.slice(0, 1);

test("ways by one card are told apart by what they ask", () => {
  const html = shown({ credentials: [FULL, LESS], credential_sets: [{ options: [["full"], ["less"]] }] }, ONE);
  expect(labelsWith(html, "radio")).toEqual([
    `Hanako Yamada · Light card Family name · Given name · ${text().consent.ifYouLike(labelOf(["sex"]))}`,
    "Hanako Yamada · Light card Given name",
  ]);
});

test("what need not be shown says which items it is about, each in words of its own", () => {
  const sets = [{ options: [["name"]], required: false }, { options: [["less"]], required: false }, { options: [["again"]], required: false }];
  const labels = labelsWith(shown({ credentials: [credential("name", [claim("family_name")]), LESS, { ...LESS, id: "again" }], credential_sets: sets }, ONE), "checkbox");
  expect(labels.map((label) => label.replace(text().consent.extra, "").trim())).toEqual(["Hanako Yamada · Light card Family name", "Hanako Yamada · Light card (1) Given name", "Hanako Yamada · Light card (2) Given name"]);
});

test("cards of one name are told apart by their types", () => {
  const club = { ...ONE[0], id: "club", vct: "urn:club" } as HeldCard;
  const asked = { credentials: [LESS, credential("club", [claim("given_name")], { meta: { vct_values: ["urn:club"] } })], credential_sets: [{ options: [["less"], ["club"]] }] };
  expect(labelsWith(shown(asked, [...ONE, club]), "radio")).toEqual([`Hanako Yamada · Light card (${VCT}) Given name`, "Hanako Yamada · Light card (urn:club) Given name"]);
  const either = query([claim("given_name")], undefined, { meta: { vct_values: [VCT, "urn:club"] } });
  expect(labelsWith(shown(either, [...ONE, club]), "radio")).toEqual([`Hanako Yamada · Light card (${VCT})`, "Hanako Yamada · Light card (urn:club)"]);
});

test("no two questions of a page are asked in the same words", () => {
  const sets = [{ options: [["full"], ["less"]] }, { options: [["card_mdoc"], ["more"]] }];
  const html = shown({ credentials: [FULL, LESS, mdocQuery([element(DOCTYPE, "birth_date")]), credential("more", [claim("document_number")])], credential_sets: sets });
  const legends = all(html, /<legend[^>]*>(.*?)<\/legend>/gs).map((legend) => plain(legend ?? ""));
  expect([legends.length, new Set(legends).size]).toEqual([4, 4]);
});

test("an optional item under two names is read once", () => {
  const html = shown(query([claim("family_name"), claim("sex"), { id: "again", path: ["sex"] }], [["family_name", "sex", "again"], ["family_name"]]), ONE);
  expect(labelsWith(html, "checkbox")).toEqual([`${labelOf(["sex"])} : ${text().consent.add} Female`]);
});

test.each(LANGUAGES)("in %s the page says what to do where nothing is ticked yet, beside the button and tied to it", (code) => {
  language.choose(code);
  const asked = { credentials: [LESS], credential_sets: [{ options: [["less"]], required: false }] };
  const html = shown(asked, ONE);
  const [id] = all(html, /<p id="([^"]*)"[^>]*data-testid="nothing-ticked"/g);
  expect([html.includes(text().consent.tick), id !== undefined]).toEqual([true, true]);
  const button = html.match(/<button[^>]*data-testid="consent-accept"[^>]*>/)?.[0];
  expect([button?.includes(`aria-describedby="${id}"`), button?.includes("disabled")]).toEqual([true, true]);
  expect(shown({ ...asked, credential_sets: undefined }, ONE)).not.toContain("nothing-ticked");
});

test("an item that says something else than what is asked for is not called missing", () => {
  const html = shown(query([{ ...claim("sex"), values: [1] }, claim("email")]), ONE);
  expect([html.includes(text().consent.missing("email")), html.includes(text().consent.otherwise(labelOf(["sex"])))]).toEqual([true, true]);
});
