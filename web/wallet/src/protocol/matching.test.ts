import { expect, test } from "vitest";
import { choose, fit, lacking, missing, plan, type Stock } from "./matching";
import { DOCTYPE, OWN_NAMESPACE } from "./mdoc/elements";
import { readQuery } from "./query";
import { CLAIMS, VCT } from "./testing/authority";
import { claim, credential, element, mdocQuery, query } from "./testing/queries";

const CARD = { vct: VCT, claims: CLAIMS };

const credentials = (value: unknown) => readQuery(value).credentials;

test("without sets everything is required", () => {
  const found = fit(credentials(query([claim("family_name"), claim("address", "formatted")])), CARD);
  expect(found?.required.map(({ id }) => id)).toEqual(["family_name", "address-formatted"]);
  expect(found?.optional).toEqual([]);
});

const HOTEL = query(
  [claim("family_name"), claim("sex"), claim("nationalities")],
  [["family_name", "sex", "nationalities"], ["family_name", "sex"], ["family_name", "nationalities"], ["family_name"]],
);

test("what is not in every set is the holder's choice", () => {
  const found = fit(credentials(HOTEL), CARD);
  expect(found?.required.map(({ id }) => id)).toEqual(["family_name"]);
  expect(found?.optional).toEqual([{ ids: ["sex"], claims: [["sex"]] }, { ids: ["nationalities"], claims: [["nationalities"]] }]);
});

test("the best set without the items kept back is given", () => {
  const found = fit(credentials(HOTEL), CARD);
  if (!found) throw new Error("the card fits");
  expect(choose(found, new Set())?.map(({ id }) => id)).toEqual(["family_name", "sex", "nationalities"]);
  expect(choose(found, new Set(["sex"]))?.map(({ id }) => id)).toEqual(["family_name", "nationalities"]);
  expect(choose(found, new Set(["sex", "nationalities"]))?.map(({ id }) => id)).toEqual(["family_name"]);
});

test("a combination that the asker did not name is not given", () => {
  const found = fit(credentials(query([claim("sex"), claim("birthdate")], [["sex"], ["birthdate"]])), CARD);
  if (!found) throw new Error("the card fits");
  expect(choose(found, new Set(["sex", "birthdate"]))).toBeUndefined();
});

test("items the card lacks leave only the sets without them", () => {
  const found = fit(credentials(query([claim("family_name"), claim("email")], [["family_name", "email"], ["family_name"]])), CARD);
  expect(found?.possible).toEqual([["family_name"]]);
  expect(found?.optional).toEqual([]);
});

test("what a card lacks is named", () => {
  const [asked] = credentials(query([claim("family_name"), claim("email"), claim("phone")], [["family_name", "email", "phone"], ["family_name", "email"]]));
  if (!asked) throw new Error("one way");
  expect(lacking(asked, CLAIMS).map(({ id }) => id)).toEqual(["email"]);
});

test("a card that cannot fill the query does not fit", () => {
  expect(fit(credentials(query([claim("email")])), CARD)).toBeUndefined();
  expect(fit(credentials(query([claim("family_name")])), { ...CARD, vct: "urn:other" })).toBeUndefined();
});

const HELD = { ...CARD, doctype: DOCTYPE };

test("an mdoc's elements are known by the names that a person reads", () => {
  const found = fit(credentials({ credentials: [mdocQuery([element(DOCTYPE, "birth_date"), element(OWN_NAMESPACE, "assurance_level")])] }), HELD);
  expect(found?.required.map(({ path, claim }) => [path, claim])).toEqual([
    [[DOCTYPE, "birth_date"], ["birthdate"]],
    [[OWN_NAMESPACE, "assurance_level"], ["assurance_level"]],
  ]);
});

test("a card without copies as mdoc does not fit a query for one, nor does one without the element", () => {
  const asked = credentials({ credentials: [mdocQuery([element(DOCTYPE, "birth_date")])] });
  expect(fit(asked, CARD)).toBeUndefined();
  expect(fit(asked, { ...HELD, doctype: "org.iso.18013.5.1.mDL" })).toBeUndefined();
  expect(fit(credentials({ credentials: [mdocQuery([element(DOCTYPE, "portrait")])] }), HELD)).toBeUndefined();
  expect(fit(credentials({ credentials: [mdocQuery([element(DOCTYPE, "shoe_size")])] }), HELD)).toBeUndefined();
});

test("names that every object has are no items", () => {
  expect(fit(credentials(query([claim("constructor")])), CARD)).toBeUndefined();
  expect(fit(credentials({ credentials: [mdocQuery([element("constructor", "name")])] }), HELD)).toBeUndefined();
  expect(fit(credentials({ credentials: [mdocQuery([element("address", "formatted")])] }), HELD)).toBeUndefined();
});

test("an optional address is one choice, however many elements carry it", () => {
  const [name, street, country] = [element(DOCTYPE, "family_name"), element(DOCTYPE, "resident_address"), element(DOCTYPE, "resident_country")];
  const asked = mdocQuery([name, street, country], [[name.id, street.id, country.id], [name.id]]);
  const found = fit(credentials({ credentials: [asked] }), HELD);
  expect(found?.optional).toEqual([{ ids: [street.id, country.id], claims: [["address", "formatted"], ["address", "country"]] }]);
  expect(found && choose(found, new Set([street.id, country.id]))?.map(({ id }) => id)).toEqual([name.id]);
});

test("an item has to have one of the values that are asked for", () => {
  expect(fit(credentials(query([{ ...claim("sex"), values: [1, 2] }])), CARD)?.required.map(({ id }) => id)).toEqual(["sex"]);
  expect(fit(credentials(query([{ ...claim("sex"), values: [1] }])), CARD)).toBeUndefined();
  expect(fit(credentials(query([{ ...claim("sex"), values: ["2"] }])), CARD)).toBeUndefined();
});

const MANY = { ...CARD, claims: { nationalities: ["JP", "FR"], evidence: [{ type: "document", at: "2026" }, { type: "face" }] } };
const fits = (path: (string | number | null)[], values?: unknown[]) => fit(credentials(query([{ id: "x", path, ...(values && { values }) }])), MANY) !== undefined;

test("a place or every element is held where it is there, of the kind that the path says", () => {
  expect([fits(["nationalities", 1]), fits(["nationalities", null]), fits(["evidence", null, "type"])]).toEqual([true, true, true]);
  expect([fits(["nationalities", 2]), fits(["nationalities", "0"]), fits(["nationalities", 0, "x"]), fits([0]), fits([null]), fits(["evidence", "type"])]).toEqual(Array(6).fill(false));
  expect([fits(["evidence", null, "at"]), fits(["evidence", null, "shoe"])]).toEqual([true, false]);
});

test("one of the values that a path selects has to be one that is asked for", () => {
  expect([fits(["nationalities", null], ["FR"]), fits(["nationalities", 0], ["JP", "DE"]), fits(["evidence", null, "type"], ["face"])]).toEqual([true, true, true]);
  expect([fits(["nationalities", null], ["DE"]), fits(["nationalities", 0], ["FR"]), fits(["nationalities"], ["JP"]), fits(["nationalities", 0], [0])]).toEqual(Array(4).fill(false));
});

/** A card of the wallet, with copies in these formats. */
const held = (id: string, vct = VCT) => ({ id, vct, doctype: DOCTYPE as string | undefined, claims: CLAIMS as Record<string, unknown> });
const BOTH: Stock = { a: ["dc+sd-jwt", "mso_mdoc"], b: ["dc+sd-jwt", "mso_mdoc"] };
const [A, B] = [held("a"), held("b", "urn:other")];

/** What is planned, by names: per set its ways, per way its parts, per part which card answers which query. */
function planned(value: unknown, cards = [A, B], stock: Stock = BOTH) {
  const named = plan(readQuery(value), cards, stock).map(({ isRequired, ways }) => [isRequired, ways.map((parts) => parts.map(({ candidates }) => candidates.map(({ card, fits }) => `${card.id}:${fits.query.id}`).join(" ")))]);
  return named;
}

const TWO = [credential("name", [claim("family_name")]), credential("other", [claim("sex")], { meta: { vct_values: ["urn:other"] } })];

test("every card of a request without sets has to be shown, each by the card that fits", () => {
  expect(planned({ credentials: TWO })).toEqual([[true, [["a:name", "b:other"]]]]);
});

test("where one of two cards is not held, nothing can be given", () => {
  expect(planned({ credentials: TWO }, [A])).toEqual([[true, []]]);
  expect(missing(readQuery({ credentials: [TWO[0], credential("more", [claim("email")])] }), [A]).map(({ id }) => id)).toEqual(["email"]);
});

test("one card answers several queries", () => {
  const asked = { credentials: [credential("name", [claim("family_name")]), mdocQuery([element(DOCTYPE, "birth_date")])] };
  expect(planned(asked, [A])).toEqual([[true, [["a:name", "a:card_mdoc"]]]]);
});

const EITHER = [credential("card", [claim("family_name")]), mdocQuery([element(DOCTYPE, "family_name")])];

test("the same card in one format or the other is no choice: the first that there are copies for is taken", () => {
  const either = { credentials: EITHER, credential_sets: [{ options: [["card"], ["card_mdoc"]] }] };
  expect(planned(either, [A])).toEqual([[true, [["a:card"]]]]);
  expect(planned(either, [A], { a: ["mso_mdoc"] })).toEqual([[true, [["a:card_mdoc"]]]]);
  expect(planned(either, [A], {})).toEqual([[true, [["a:card"]]]]);
  expect(planned({ ...either, credential_sets: [{ options: [["card_mdoc"], ["card"]] }] }, [A])).toEqual([[true, [["a:card_mdoc"]]]]);
  expect(planned({ ...either, credential_sets: [{ options: [["card_mdoc"], ["card"]] }] }, [{ ...A, doctype: undefined }])).toEqual([[true, [["a:card"]]]]);
});

test("ways by different cards are the holder's choice, the asker's favourite first", () => {
  const asked = { credentials: [...TWO, mdocQuery([element(DOCTYPE, "birth_date")])], credential_sets: [{ options: [["name", "other"], ["card_mdoc"]] }] };
  expect(planned(asked)).toEqual([[true, [["a:name", "b:other"], ["a:card_mdoc b:card_mdoc"]]]]);
  expect(planned(asked, [A])).toEqual([[true, [["a:card_mdoc"]]]]);
});

test("a way with copies comes before one without", () => {
  const asked = { credentials: [...TWO, mdocQuery([element(DOCTYPE, "birth_date")])], credential_sets: [{ options: [["name", "other"], ["card_mdoc"]] }] };
  expect(planned(asked, [A, B], { a: ["mso_mdoc"], b: [] })).toEqual([[true, [["a:card_mdoc b:card_mdoc"], ["a:name", "b:other"]]]]);
});

test("sets that need not be answered are told apart, and a query in two sets is the same in both", () => {
  const asked = { credentials: EITHER, credential_sets: [{ options: [["card"], ["card_mdoc"]] }, { options: [["card", "card_mdoc"]], required: false }] };
  expect(planned(asked, [A])).toEqual([[true, [["a:card"]]], [false, [["a:card", "a:card_mdoc"]]]]);
});

test("a way by a card of a format that nobody here has is left out", () => {
  const asked = { credentials: [...TWO, credential("foreign", [], { format: "jwt_vc_json" })], credential_sets: [{ options: [["foreign"], ["name"]] }] };
  expect(planned(asked)).toEqual([[true, [["a:name"]]]]);
  expect(planned({ ...asked, credential_sets: undefined })).toEqual([[true, []]]);
});

const LESS = credential("less", [claim("given_name")]);
const FULL = credential("full", [claim("family_name"), claim("sex"), claim("birthdate"), claim("given_name")]);

test("a way that asks the same card for less is the holder's choice", () => {
  const asked = { credentials: [FULL, LESS], credential_sets: [{ options: [["full"], ["less"]] }] };
  expect(planned(asked, [A])).toEqual([[true, [["a:full"], ["a:less"]]]]);
});

test("so is one among ways by several cards", () => {
  const club = credential("club", [claim("sex")], { meta: { vct_values: ["urn:other"] } });
  const asked = { credentials: [FULL, LESS, club], credential_sets: [{ options: [["full", "club"], ["less", "club"]] }] };
  expect(planned(asked)).toEqual([[true, [["a:full", "b:club"], ["a:less", "b:club"]]]]);
});

test("a way that leaves more to the holder is a choice, too", () => {
  const free = credential("free", [claim("given_name"), claim("sex")], { claim_sets: [["given_name", "sex"], ["given_name"]] });
  expect(planned({ credentials: [free, LESS], credential_sets: [{ options: [["free"], ["less"]] }] }, [A])).toEqual([[true, [["a:free"], ["a:less"]]]]);
});

test("the two formats ask the same wherever they select the same values, as a scene does", () => {
  const [level, name, nation, address] = [element(OWN_NAMESPACE, "assurance_level"), element(DOCTYPE, "family_name"), element(DOCTYPE, "nationality"), element(DOCTYPE, "resident_address")];
  const inOne = credential("card", [claim("assurance_level"), claim("family_name"), claim("nationalities", 0), claim("address", "formatted")], { claim_sets: [["assurance_level", "family_name", "nationalities-0", "address-formatted"], ["assurance_level", "family_name", "nationalities-0"]] });
  const inOther = mdocQuery([level, name, nation, address], [[level.id, nation.id, name.id], [level.id, nation.id, name.id, address.id]]);
  const asked = { credentials: [inOne, inOther], credential_sets: [{ options: [["card"], ["card_mdoc"]] }, { options: [["card", "card_mdoc"], ["card_mdoc", "card"]], required: false }] };
  expect(planned({ ...asked, credential_sets: asked.credential_sets.slice(0, 1) }, [A])).toEqual([[true, [["a:card"]]]]);
  expect(planned(asked, [A])).toEqual([[true, [["a:card"]]], [false, [["a:card", "a:card_mdoc"]]]]);
  const two = { ...A, claims: { ...CLAIMS, nationalities: ["JP", "FR"] } };
  expect(planned({ ...asked, credential_sets: asked.credential_sets.slice(0, 1) }, [two])).toEqual([[true, [["a:card"], ["a:card_mdoc"]]]]);
});

test("of two names for one optional item both are given, and it is read once", () => {
  const found = fit(credentials(query([claim("family_name"), claim("sex"), { id: "again", path: ["sex"] }], [["family_name", "sex", "again"], ["family_name"]])), CARD);
  expect(found?.optional).toEqual([{ ids: ["sex", "again"], claims: [["sex"]] }]);
});

test("what a card says otherwise than it is asked is told from what it does not say", () => {
  const asked = readQuery(query([{ ...claim("sex"), values: [1] }, { ...claim("email"), values: ["a@example.org"] }, claim("family_name")]));
  expect(missing(asked, [A]).map(({ id, isOtherwise }) => [id, isOtherwise])).toEqual([["sex", true], ["email", false]]);
});

/** The largest request that is read, of queries that all fit every card. */
function largest() {
  const asked = Array.from({ length: 20 }, (_, at) => credential(`q${at}`, [claim("family_name"), claim("sex"), claim("birthdate")].slice(0, 1 + (at % 3))));
  const ids = asked.map(({ id }) => id);
  const pair = (set: number, at: number) => (at % 2 === 0 ? [ids[at] ?? ""] : [ids[at] ?? "", ids[set] ?? ""]);
  return { credentials: asked, credential_sets: ids.map((_, set) => ({ options: ids.map((__, at) => pair(set, at)) })) };
}

test("the largest request that is read is planned while nobody notices", () => {
  const cards = Array.from({ length: 12 }, (_, at) => held(`c${at}`));
  const asked = readQuery(largest());
  const start = performance.now();
  const asks = plan(asked, cards, {});
  expect(asks.map(({ ways }) => ways.length > 1)).toEqual(Array(20).fill(true));
  expect(performance.now() - start).toBeLessThan(1000);
});

test("many combinations of many items are planned while nobody notices", () => {
  const claims = Array.from({ length: 100 }, (_, at) => ({ id: `i${at}`, path: [["family_name", "sex", "birthdate"][at % 3] ?? ""] }));
  const combinations = Array.from({ length: 400 }, (_, at) => [`i${at % 100}`, `i${(at * 7) % 100}`, "i0"]);
  const asked = readQuery(query(claims, combinations));
  const start = performance.now();
  expect(plan(asked, Array.from({ length: 12 }, (_, at) => held(`c${at}`)), {})[0]?.ways).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(1000);
});
