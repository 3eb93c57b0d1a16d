import { expect, test } from "vitest";
import { toBase64url } from "./bytes";
import { DOCTYPE } from "./mdoc/elements";
import { readQuery } from "./query";
import { TestAuthority } from "./testing/authority";
import { claim, credential, element, mdocQuery, query } from "./testing/queries";

const many = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at));
const BOTH = { credentials: [credential("card", [claim("family_name")]), mdocQuery([element(DOCTYPE, "family_name")])] };

test("without sets everything that is asked for belongs together", () => {
  const { credentials, sets } = readQuery(BOTH);
  expect([credentials.map(({ id, format }) => [id, format]), sets]).toEqual([
    [["card", "dc+sd-jwt"], ["card_mdoc", "mso_mdoc"]],
    [{ options: [["card", "card_mdoc"]], isRequired: true }],
  ]);
});

test("sets are required unless they say otherwise", () => {
  const { sets } = readQuery({ ...BOTH, credential_sets: [{ options: [["card"], ["card_mdoc"]] }, { options: [["card", "card_mdoc"]], required: false }] });
  expect(sets).toEqual([{ options: [["card"], ["card_mdoc"]], isRequired: true }, { options: [["card", "card_mdoc"]], isRequired: false }]);
});

test("whoever would take several cards for one query gets one, and unknown members change nothing", () => {
  const plain = readQuery(query([claim("sex")]));
  expect(readQuery(query([claim("sex")], undefined, { multiple: true, require_cryptographic_holder_binding: false, colour: "blue" }))).toEqual(plain);
  expect(readQuery(query([claim("sex")], undefined, { multiple: false }))).toEqual(plain);
});

test("a path names members, places and every element", () => {
  const { credentials } = readQuery(query([claim("nationalities", 0), claim("nationalities", null), claim("address", "country")]));
  expect(credentials[0]?.wanted.map(({ path }) => path)).toEqual([["nationalities", 0], ["nationalities", null], ["address", "country"]]);
});

test("cards of the authorities that are asked for fit, by the key of the root", async () => {
  const { root } = await TestAuthority.make();
  const key = toBase64url(root.subjectKey ?? new Uint8Array());
  const read = (values: unknown, type = "aki") => readQuery(query([claim("sex")], undefined, { trusted_authorities: [{ type, values }] }), [root]).credentials.length;
  expect([read(["AAAA", key]), read(["AAAA"]), read([key], "etsi_tl")]).toEqual([1, 0, 0]);
});

test.each<[string, unknown]>([
  ["that is nothing", undefined],
  ["that is a list", []],
  ["without cards", { credentials: [] }],
  ["with two cards of one name", { credentials: [credential("card", []), credential("card", [])] }],
  ["with a card without a name", query([], undefined, { id: undefined })],
  ["with a card whose name is none", query([], undefined, { id: "a card" })],
  ["with a card without a format", query([], undefined, { format: undefined })],
  ["with a card without types", query([], undefined, { meta: {} })],
  ["with an empty list of types", query([], undefined, { meta: { vct_values: [] } })],
  ["without the type of document", { credentials: [mdocQuery([], undefined, { meta: {} })] }],
  ["that says unclearly whether several will do", query([], undefined, { multiple: "yes" })],
  ["that says unclearly whether a proof is needed", query([], undefined, { require_cryptographic_holder_binding: 1 })],
  ["with an empty list of items", query([], undefined, { claims: [] })],
  ["with an unknown item in a set", query([claim("sex")], [["email"]])],
  ["with an empty list of sets", query([claim("sex")], [])],
  ["with an empty set", query([claim("sex")], [[]])],
  ["with sets of items that have no names", query([{ path: ["sex"] }], [["#0"]])],
  ["with one name for two items", query([claim("sex"), { id: "sex", path: ["birthdate"] }])],
  ["with an item without a path", query([{ id: "sex" }])],
  ["with an empty path", query([{ id: "sex", path: [] }])],
  ["with a path that is a word", query([{ id: "sex", path: "sex" }])],
  ["with a place before the first", query([{ id: "x", path: ["nationalities", -1] }])],
  ["with a place between two", query([{ id: "x", path: ["nationalities", 0.5] }])],
  ["with a place as large as no array", query([{ id: "x", path: ["nationalities", 2 ** 60] }])],
  ["with a step that is no step", query([{ id: "x", path: ["nationalities", true] }])],
  ["with a path in a path", query([{ id: "x", path: [["nationalities"]] }])],
  ["with a path that leads too deep", query([{ id: "x", path: Array.from({ length: 17 }, () => "a") }])],
  ["with a place in a document", { credentials: [mdocQuery([{ id: "x", path: [DOCTYPE, 0] }])] }],
  ["with every element of a document", { credentials: [mdocQuery([{ id: "x", path: [DOCTYPE, null] }])] }],
  ["with a place inside of an element", { credentials: [mdocQuery([{ id: "x", path: [DOCTYPE, "nationality", 0] }])] }],
  ["with no value that would do", query([{ ...claim("sex"), values: [] }])],
  ["with a value that cannot be compared", query([{ ...claim("sex"), values: [{}] }])],
  ["with a value that is no whole number", query([{ ...claim("sex"), values: [1.5] }])],
  ["with an element of three names", { credentials: [mdocQuery([element(DOCTYPE, "address", "country")])] }],
  ["with an element of one name", { credentials: [mdocQuery([element("family_name")])] }],
  ["with an empty list of combinations", { ...BOTH, credential_sets: [] }],
  ["with a combination without ways", { ...BOTH, credential_sets: [{ options: [] }] }],
  ["with an empty way", { ...BOTH, credential_sets: [{ options: [[]] }] }],
  ["with a way by a card that is not asked for", { ...BOTH, credential_sets: [{ options: [["card"], ["other"]] }] }],
  ["that says unclearly whether a set is needed", { ...BOTH, credential_sets: [{ options: [["card"]], required: "no" }] }],
  ["that believes an empty list of authorities", query([claim("sex")], undefined, { trusted_authorities: [] })],
  ["that believes an authority by a key that is none", query([claim("sex")], undefined, { trusted_authorities: [{ type: "aki", values: ["***"] }] })],
  ["for more cards than anybody reads through", { credentials: many(21, (at) => credential(`c${at}`, [])) }],
  ["with too many items", query(many(101, (at) => claim(`item${at}`)))],
  ["with too many combinations of cards", { ...BOTH, credential_sets: many(21, () => ({ options: [["card"]] })) }],
  ["with too many ways", { ...BOTH, credential_sets: [{ options: many(21, () => ["card"]) }] }],
])("a query %s is refused", (_, value) => {
  expect(() => readQuery(value)).toThrow("request_unsupported");
});

test("as much as is read at most is read", () => {
  const cards = many(20, (at) => credential(`c${at}`, at === 0 ? many(100, (place) => claim(`item${place}`)) : []));
  const { credentials, sets } = readQuery({ credentials: cards, credential_sets: many(20, () => ({ options: many(20, (at) => [`c${at}`]) })) });
  expect([credentials.length, credentials[0]?.wanted.length, sets.length, sets[0]?.options.length]).toEqual([20, 100, 20, 20]);
});
