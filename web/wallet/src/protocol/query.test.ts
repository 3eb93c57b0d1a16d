import { expect, test } from "vitest";
import { choose, fit, lacking, readQuery } from "./query";
import { toBase64url } from "./bytes";
import { DOCTYPE, OWN_NAMESPACE } from "./mdoc/elements";
import { CLAIMS, TestAuthority, VCT } from "./testing/authority";

const CARD = { vct: VCT, claims: CLAIMS };

const claim = (...path: string[]) => ({ id: path.join("-"), path });

function query(claims: object[], claim_sets?: string[][], more: object = {}) {
  return { credentials: [{ id: "card", format: "dc+sd-jwt", meta: { vct_values: [VCT] }, claims, ...(claim_sets && { claim_sets }), ...more }] };
}

test("without sets everything is required", () => {
  const found = fit(readQuery(query([claim("family_name"), claim("address", "formatted")])), CARD);
  expect(found?.required.map(({ id }) => id)).toEqual(["family_name", "address-formatted"]);
  expect(found?.optional).toEqual([]);
});

const HOTEL = query(
  [claim("family_name"), claim("sex"), claim("nationalities")],
  [["family_name", "sex", "nationalities"], ["family_name", "sex"], ["family_name", "nationalities"], ["family_name"]],
);

test("what is not in every set is the holder's choice", () => {
  const found = fit(readQuery(HOTEL), CARD);
  expect(found?.required.map(({ id }) => id)).toEqual(["family_name"]);
  expect(found?.optional).toEqual([{ ids: ["sex"], claims: [["sex"]] }, { ids: ["nationalities"], claims: [["nationalities"]] }]);
});

test("the best set without the items kept back is given", () => {
  const found = fit(readQuery(HOTEL), CARD);
  if (!found) throw new Error("the card fits");
  expect(choose(found, new Set())?.map(({ id }) => id)).toEqual(["family_name", "sex", "nationalities"]);
  expect(choose(found, new Set(["sex"]))?.map(({ id }) => id)).toEqual(["family_name", "nationalities"]);
  expect(choose(found, new Set(["sex", "nationalities"]))?.map(({ id }) => id)).toEqual(["family_name"]);
});

test("a combination that the asker did not name is not given", () => {
  const found = fit(readQuery(query([claim("sex"), claim("birthdate")], [["sex"], ["birthdate"]])), CARD);
  if (!found) throw new Error("the card fits");
  expect(choose(found, new Set(["sex", "birthdate"]))).toBeUndefined();
});

test("items the card lacks leave only the sets without them", () => {
  const found = fit(readQuery(query([claim("family_name"), claim("email")], [["family_name", "email"], ["family_name"]])), CARD);
  expect(found?.possible).toEqual([["family_name"]]);
  expect(found?.optional).toEqual([]);
});

test("what a card lacks is named", () => {
  const [asked] = readQuery(query([claim("family_name"), claim("email"), claim("phone")], [["family_name", "email", "phone"], ["family_name", "email"]]));
  if (!asked) throw new Error("one way");
  expect(lacking(asked, CLAIMS).map(({ id }) => id)).toEqual(["email"]);
});

test("a card that cannot fill the query does not fit", () => {
  expect(fit(readQuery(query([claim("email")])), CARD)).toBeUndefined();
  expect(fit(readQuery(query([claim("family_name")])), { ...CARD, vct: "urn:other" })).toBeUndefined();
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["no credentials", { credentials: [] }],
  ["two credentials", { credentials: [query([]).credentials[0], query([]).credentials[0]] }],
  ["a path with an index", query([{ id: "x", path: ["nationalities", 0] }])],
  ["an unknown item in a set", query([claim("sex")], [["email"]])],
  ["an empty list of sets", query([claim("sex")], [])],
  ["one id for two items", query([claim("sex"), { id: "sex", path: ["birthdate"] }])],
])("a query with %s is refused", (_, value) => {
  expect(() => readQuery(value)).toThrow("request_unsupported");
});

const element = (...path: string[]) => ({ id: path.join("-").replaceAll(".", "_"), path });
const mdocQuery = (claims: object[], claim_sets?: string[][], more: object = {}) => ({ id: "card_mdoc", format: "mso_mdoc", meta: { doctype_value: DOCTYPE }, claims, ...(claim_sets && { claim_sets }), ...more });
const HELD = { ...CARD, doctype: DOCTYPE };

test("an mdoc's elements are known by the names that a person reads", () => {
  const found = fit(readQuery({ credentials: [mdocQuery([element(DOCTYPE, "birth_date"), element(OWN_NAMESPACE, "assurance_level")])] }), HELD);
  expect(found?.required.map(({ path, claim }) => [path, claim])).toEqual([
    [[DOCTYPE, "birth_date"], ["birthdate"]],
    [[OWN_NAMESPACE, "assurance_level"], ["assurance_level"]],
  ]);
});

test("a card without copies as mdoc does not fit a query for one, nor does one without the element", () => {
  const asked = readQuery({ credentials: [mdocQuery([element(DOCTYPE, "birth_date")])] });
  expect(fit(asked, CARD)).toBeUndefined();
  expect(fit(asked, { ...HELD, doctype: "org.iso.18013.5.1.mDL" })).toBeUndefined();
  expect(fit(readQuery({ credentials: [mdocQuery([element(DOCTYPE, "portrait")])] }), HELD)).toBeUndefined();
  expect(fit(readQuery({ credentials: [mdocQuery([element(DOCTYPE, "shoe_size")])] }), HELD)).toBeUndefined();
});

test("names that every object has are no items", () => {
  expect(fit(readQuery(query([claim("constructor")])), CARD)).toBeUndefined();
  expect(fit(readQuery({ credentials: [mdocQuery([element("constructor", "name")])] }), HELD)).toBeUndefined();
  expect(fit(readQuery({ credentials: [mdocQuery([element("address", "formatted")])] }), HELD)).toBeUndefined();
});

test("an optional address is one choice, however many elements carry it", () => {
  const [name, street, country] = [element(DOCTYPE, "family_name"), element(DOCTYPE, "resident_address"), element(DOCTYPE, "resident_country")];
  const asked = mdocQuery([name, street, country], [[name.id, street.id, country.id], [name.id]]);
  const found = fit(readQuery({ credentials: [asked] }), HELD);
  expect(found?.optional).toEqual([{ ids: [street.id, country.id], claims: [["address", "formatted"], ["address", "country"]] }]);
  expect(found && choose(found, new Set([street.id, country.id]))?.map(({ id }) => id)).toEqual([name.id]);
});

const EITHER = {
  credentials: [...query([claim("family_name")]).credentials, mdocQuery([element(DOCTYPE, "family_name")])],
  credential_sets: [{ options: [["card"], ["card_mdoc"]] }, { options: [["card", "card_mdoc"]], required: false }],
};

test("of several ways the first that the card fits is taken", () => {
  expect(fit(readQuery(EITHER), HELD)?.query.id).toBe("card");
  expect(fit(readQuery({ ...EITHER, credential_sets: [{ options: [["card_mdoc"], ["card"]] }] }), HELD)?.query.id).toBe("card_mdoc");
  expect(fit(readQuery({ ...EITHER, credential_sets: [{ options: [["card_mdoc"], ["card"]] }] }), CARD)?.query.id).toBe("card");
  expect(fit(readQuery({ ...EITHER, credential_sets: [{ options: [["card", "card_mdoc"], ["card"]] }] }), HELD)?.query.id).toBe("card");
});

test("an item has to have one of the values that are asked for", () => {
  expect(fit(readQuery(query([{ ...claim("sex"), values: [1, 2] }])), CARD)?.required.map(({ id }) => id)).toEqual(["sex"]);
  expect(fit(readQuery(query([{ ...claim("sex"), values: [1] }])), CARD)).toBeUndefined();
  expect(fit(readQuery(query([{ ...claim("sex"), values: ["2"] }])), CARD)).toBeUndefined();
});

test("cards of the authorities that are asked for fit, by the key of the root", async () => {
  const { root } = await TestAuthority.make();
  const key = toBase64url(root.subjectKey ?? new Uint8Array());
  const trusting = (values: unknown, type = "aki") => query([claim("sex")], undefined, { trusted_authorities: [{ type, values }] });
  expect(fit(readQuery(trusting(["AAAA", key]), [root]), CARD)).toBeDefined();
  expect(readQuery(trusting(["AAAA"]), [root])).toEqual([]);
  expect(readQuery(trusting(["***"]), [root])).toEqual([]);
  expect(readQuery(trusting([key], "etsi_tl"), [root])).toEqual([]);
  expect(readQuery(query([claim("sex")], undefined, { trusted_authorities: [] }), [root])).toEqual([]);
});

test.each<[string, unknown]>([
  ["of which every way takes two cards", { ...EITHER, credential_sets: [{ options: [["card", "card_mdoc"]] }] }],
  ["that asks for two cards at once", { ...EITHER, credential_sets: [{ options: [["card"]] }, { options: [["card_mdoc"]] }] }],
  ["of which nothing need be answered", { ...EITHER, credential_sets: [{ options: [["card"]], required: false }] }],
  ["with a way by a card that is not asked for", { ...EITHER, credential_sets: [{ options: [["card"], ["other"]] }] }],
  ["with an element of three names", { credentials: [mdocQuery([element(DOCTYPE, "address", "country")])] }],
  ["with an element of one name", { credentials: [mdocQuery([element("family_name")])] }],
  ["without the type of document", { credentials: [mdocQuery([], undefined, { meta: {} })] }],
  ["of an unknown format", { credentials: [mdocQuery([], undefined, { format: "jwt_vc_json" })] }],
])("a query %s is refused", (_, value) => {
  expect(() => readQuery(value)).toThrow("request_unsupported");
});
