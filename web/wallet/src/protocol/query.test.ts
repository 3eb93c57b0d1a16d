import { expect, test } from "vitest";
import { choose, fit, lacking, readQuery } from "./query";
import { CLAIMS, VCT } from "./testing/authority";

const claim = (...path: string[]) => ({ id: path.join("-"), path });

function query(claims: object[], claim_sets?: string[][], more: object = {}) {
  return { credentials: [{ id: "card", format: "dc+sd-jwt", meta: { vct_values: [VCT] }, claims, ...(claim_sets && { claim_sets }), ...more }] };
}

test("without sets everything is required", () => {
  const found = fit(readQuery(query([claim("family_name"), claim("address", "formatted")])), VCT, CLAIMS);
  expect(found?.required.map(({ id }) => id)).toEqual(["family_name", "address-formatted"]);
  expect(found?.optional).toEqual([]);
});

const HOTEL = query(
  [claim("family_name"), claim("sex"), claim("nationalities")],
  [["family_name", "sex", "nationalities"], ["family_name", "sex"], ["family_name", "nationalities"], ["family_name"]],
);

test("what is not in every set is the holder's choice", () => {
  const found = fit(readQuery(HOTEL), VCT, CLAIMS);
  expect(found?.required.map(({ id }) => id)).toEqual(["family_name"]);
  expect(found?.optional.map(({ id }) => id)).toEqual(["sex", "nationalities"]);
});

test("the best set without the items kept back is given", () => {
  const found = fit(readQuery(HOTEL), VCT, CLAIMS);
  if (!found) throw new Error("the card fits");
  expect(choose(found, new Set())?.map(({ id }) => id)).toEqual(["family_name", "sex", "nationalities"]);
  expect(choose(found, new Set(["sex"]))?.map(({ id }) => id)).toEqual(["family_name", "nationalities"]);
  expect(choose(found, new Set(["sex", "nationalities"]))?.map(({ id }) => id)).toEqual(["family_name"]);
});

test("a combination that the asker did not name is not given", () => {
  const found = fit(readQuery(query([claim("sex"), claim("birthdate")], [["sex"], ["birthdate"]])), VCT, CLAIMS);
  if (!found) throw new Error("the card fits");
  expect(choose(found, new Set(["sex", "birthdate"]))).toBeUndefined();
});

test("items the card lacks leave only the sets without them", () => {
  const found = fit(readQuery(query([claim("family_name"), claim("email")], [["family_name", "email"], ["family_name"]])), VCT, CLAIMS);
  expect(found?.possible).toEqual([["family_name"]]);
  expect(found?.optional).toEqual([]);
});

test("what a card lacks is named", () => {
  const asked = readQuery(query([claim("family_name"), claim("email"), claim("phone")], [["family_name", "email", "phone"], ["family_name", "email"]]));
  expect(lacking(asked, CLAIMS).map(({ id }) => id)).toEqual(["email"]);
});

test("a card that cannot fill the query does not fit", () => {
  expect(fit(readQuery(query([claim("email")])), VCT, CLAIMS)).toBeUndefined();
  expect(fit(readQuery(query([claim("family_name")])), "urn:other", CLAIMS)).toBeUndefined();
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["no credentials", { credentials: [] }],
  ["two credentials", { credentials: [query([]).credentials[0], query([]).credentials[0]] }],
  ["combinations of credentials", { ...query([claim("sex")]), credential_sets: [{ options: [["card"]] }] }],
  ["another format", query([], undefined, { format: "mso_mdoc" })],
  ["trusted authorities", query([], undefined, { trusted_authorities: [] })],
  ["values", query([{ ...claim("sex"), values: [2] }])],
  ["a path with an index", query([{ id: "x", path: ["nationalities", 0] }])],
  ["an unknown item in a set", query([claim("sex")], [["email"]])],
  ["an empty list of sets", query([claim("sex")], [])],
  ["one id for two items", query([claim("sex"), { id: "sex", path: ["birthdate"] }])],
])("a query with %s is refused", (_, value) => {
  expect(() => readQuery(value)).toThrow("request_unsupported");
});
