import { language, LANGUAGES } from "@mibun/ui";
import { render } from "svelte/server";
import { afterEach, expect, test } from "vitest";
import { text } from "../messages";
import { DOCTYPE } from "../protocol/mdoc/elements";
import { readQuery } from "../protocol/query";
import { CLAIMS, VCT } from "../protocol/testing/authority";
import { claim, credential, element, mdocQuery, query } from "../protocol/testing/queries";
import type { HeldCard } from "../store/cards";
import Consent from "./Consent.svelte";

afterEach(() => language.choose("en"));

const card = (id: string, given_name: string): HeldCard => ({ id, issuer: "https://id.example", vct: VCT, doctype: DOCTYPE, claims: { ...CLAIMS, given_name, family_name_native: undefined, given_name_native: undefined }, obtainedAt: 1, expiresAt: undefined, copiesIssued: 3 });
const CARDS = [card("a", "Hanako"), card("b", "Taro")];
const WORD = { en: "boat", ja: "舟", "zh-Hans": "船" };

/** The question as the page first shows it. */
function shown(dcql: unknown, cards = CARDS): string {
  const request = { query: readQuery(dcql), organisation: "Hotel Aoba", words: { first: WORD, second: WORD }, notice: undefined };
  const props = { request, cards, scene: undefined, ongive: () => undefined, wayOf: async () => "consent", isConfirming: false, unconfirmed: undefined, onrefuse: () => undefined };
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
