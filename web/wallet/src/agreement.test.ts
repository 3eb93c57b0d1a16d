import { expect, test } from "vitest";
import { Agreement } from "./agreement.svelte";
import type { Stock } from "./protocol/matching";
import { DOCTYPE } from "./protocol/mdoc/elements";
import { readQuery } from "./protocol/query";
import { CLAIMS, VCT } from "./protocol/testing/authority";
import { claim, credential, element, mdocQuery, query } from "./protocol/testing/queries";
import type { HeldCard } from "./store/cards";

const card = (id: string, vct = VCT): HeldCard => ({ id, issuer: "https://id.example", vct, doctype: DOCTYPE, claims: CLAIMS, obtainedAt: 1, expiresAt: undefined, copiesIssued: 3 });
const [A, B, CLUB] = [card("a"), card("b"), card("club", "urn:club")];
const NAME = credential("name", [claim("family_name"), claim("sex")], { claim_sets: [["family_name", "sex"], ["family_name"]] });
const MEMBER = credential("member", [claim("given_name")], { meta: { vct_values: ["urn:club"] } });
const STOCK: Stock = { a: ["dc+sd-jwt", "mso_mdoc"], b: ["dc+sd-jwt", "mso_mdoc"], club: ["dc+sd-jwt"] };

function agreed(value: unknown, cards = [A, B, CLUB], stock = STOCK): Agreement {
  return new Agreement({ query: readQuery(value), cards, stock });
}

/** What would be given, as card, query and items. */
const given = ({ choices }: Agreement) => choices?.map(({ card: { id }, query: asked, items }) => [id, asked.id, items.map((item) => item.id)]);

test("no more than needed is given, until something is added", () => {
  const one = agreed({ credentials: [NAME, MEMBER] });
  expect(given(one)).toEqual([["a", "name", ["family_name"]], ["club", "member", ["given_name"]]]);
  const [shown] = one.shown;
  one.add(shown ?? expect.fail(), ["sex"]);
  expect(given(one)).toEqual([["a", "name", ["family_name", "sex"]], ["club", "member", ["given_name"]]]);
});

test("what was added to one card is not added to another", () => {
  const one = agreed({ credentials: [NAME] });
  const [shown] = one.shown;
  one.add(shown ?? expect.fail(), ["sex"]);
  one.select((shown ?? expect.fail()).part, "b");
  expect(given(one)).toEqual([["b", "name", ["family_name"]]]);
});

test("cards that need not be shown are left out unless they are added", () => {
  const one = agreed({ credentials: [NAME, MEMBER], credential_sets: [{ options: [["member"]], required: false }, { options: [["name"]] }] });
  expect([one.sections.map(({ isTaken, shown }) => [isTaken, shown.length]), given(one)]).toEqual([[[true, 1], [false, 1]], [["a", "name", ["family_name"]]]]);
  one.take(0, true);
  expect(given(one)).toEqual([["a", "name", ["family_name"]], ["club", "member", ["given_name"]]]);
  one.take(0, false);
  expect(given(one)).toHaveLength(1);
});

test("where nothing need be shown, nothing is given before the holder adds something", () => {
  const one = agreed({ credentials: [MEMBER], credential_sets: [{ options: [["member"]], required: false }] });
  expect([one.isPossible, given(one)]).toEqual([true, undefined]);
  one.take(0, true);
  expect(given(one)).toEqual([["club", "member", ["given_name"]]]);
});

test("what need not be shown and cannot be is not offered; what must be and cannot be stops it", () => {
  const sets = (required: boolean) => ({ credentials: [NAME, MEMBER], credential_sets: [{ options: [["name"]] }, { options: [["member"]], required }] });
  const one = agreed(sets(false), [A]);
  expect([one.isPossible, one.sections.length, given(one)]).toEqual([true, 1, [["a", "name", ["family_name"]]]]);
  const other = agreed(sets(true), [A]);
  expect([other.isPossible, given(other)]).toEqual([false, undefined]);
});

test("a set that adds nothing to another is not offered", () => {
  const one = agreed({ credentials: [NAME], credential_sets: [{ options: [["name"]] }, { options: [["name"]], required: false }] });
  expect(one.sections).toHaveLength(1);
});

test("the holder may answer in another way", () => {
  const one = agreed({ credentials: [NAME, MEMBER, mdocQuery([element(DOCTYPE, "birth_date")])], credential_sets: [{ options: [["name", "member"], ["card_mdoc"]] }] });
  expect([given(one)?.map(([, id]) => id), one.sections[0]?.ask.ways.length]).toEqual([["name", "member"], 2]);
  one.turn(0, "card_mdoc");
  expect(given(one)).toEqual([["a", "card_mdoc", [element(DOCTYPE, "birth_date").id]]]);
});

test("the holder may take the way that asks the same card for less", () => {
  const less = credential("less", [claim("family_name")]);
  const full = credential("full", [claim("family_name"), claim("sex"), claim("birthdate")]);
  const one = agreed({ credentials: [full, less], credential_sets: [{ options: [["full"], ["less"]] }] }, [A]);
  expect(given(one)).toEqual([["a", "full", ["family_name", "sex", "birthdate"]]]);
  one.turn(0, "less");
  expect(given(one)).toEqual([["a", "less", ["family_name"]]]);
});

test("a query that two sets need is answered once", () => {
  const one = agreed({ credentials: [NAME, MEMBER], credential_sets: [{ options: [["name"]] }, { options: [["name", "member"]] }] });
  expect(given(one)?.map(([, id]) => id)).toEqual(["name", "member"]);
});

test("a combination that the asker did not name is not given", () => {
  const one = agreed(query([claim("sex"), claim("birthdate")], [["sex"], ["birthdate"]]));
  expect([one.shown.map(({ isExact }) => isExact), given(one)]).toEqual([[false], undefined]);
});

test("an item that is asked for twice is shown once", () => {
  const one = agreed(query([claim("sex"), { id: "again", path: ["sex"] }]));
  expect(one.shown.map((shown) => shown.given)).toEqual([[["sex"]]]);
});
