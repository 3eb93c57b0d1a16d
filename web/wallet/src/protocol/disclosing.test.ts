import { expect, test } from "vitest";
import { fromBase64url, sha256, toBase64url, utf8 } from "./bytes";
import { disclosed } from "./disclosing";
import { publicJwk } from "./jws";
import { touches, type ClaimPath } from "./path";
import { keyPair, TestAuthority } from "./testing/authority";

/** What is disclosed, by the names of members and the values of elements. */
function read(shown: string): unknown[] {
  const parts = shown.split("~").slice(1).filter(Boolean).map((part) => JSON.parse(new TextDecoder().decode(fromBase64url(part))) as unknown[]);
  return parts.map(([, first]) => first).sort();
}

const authority = await TestAuthority.make();
const CLAIMS = { "a.b": 1, a: { b: 2 }, address: { formatted: "1-2-3 Aoba", country: "JP" }, nationalities: ["JP", "FR", "DE"], evidence: [{ type: "document" }, { type: "face" }] };
/** With decoys, which stand in arrays like elements and are none. */
const FRAME = { _sd: Object.keys(CLAIMS), a: { _sd: ["b"] }, address: { _sd: ["formatted", "country"] }, nationalities: { _sd: [0, 1, 2], _decoy: 3 }, evidence: { _sd: [0, 1], 0: { _sd: ["type"] } } };
const card = await authority.card(await publicJwk((await keyPair()).publicKey), { claims: CLAIMS, frame: FRAME });
const shown = async (...paths: ClaimPath[]) => read(await disclosed(card, paths));

test.each<[string, ClaimPath[], unknown[]]>([
  ["nothing", [], []],
  ["a member, with what it stands in", [["address", "formatted"]], ["address", "formatted"]],
  ["a whole, with everything in it", [["address"]], ["address", "country", "formatted"]],
  ["one element and no other", [["nationalities", 1]], ["FR", "nationalities"]],
  ["every element", [["nationalities", null]], ["DE", "FR", "JP", "nationalities"]],
  ["an array, with its elements", [["nationalities"]], ["DE", "FR", "JP", "nationalities"]],
  ["an element that is not there, no other", [["nationalities", 3], ["address_extra"]], ["nationalities"]],
  ["a name with a full stop in it", [["a.b"]], ["a.b"]],
  ["a member of a member of the same letters", [["a", "b"]], ["a", "b"]],
])("of a card, %s is disclosed", async (_, paths, names) => {
  expect(await shown(...paths)).toEqual(names);
});

test("what stands in an element of an array goes along with it, and nothing of the element beside it", async () => {
  const text = await disclosed(card, [["evidence", 0, "type"]]);
  const parts = text.split("~").slice(1, -1).map((part) => new TextDecoder().decode(fromBase64url(part)));
  expect(parts).toHaveLength(3);
  expect(parts.join()).not.toContain("face");
});

test("a digest to which there is no disclosure counts as no element", async () => {
  const encode = (value: unknown) => toBase64url(utf8(JSON.stringify(value)));
  const [first, second] = [encode(["s1", "JP"]), encode(["s2", "FR"])];
  const digests = await Promise.all([first, second].map(async (one) => toBase64url(await sha256(utf8(one)))));
  const payload = encode({ list: [{ "...": "decoy" }, { "...": digests[0] }, { "...": "decoy" }, "plain", { "...": digests[1] }] });
  const text = `h.${payload}.s~${first}~${second}~`;
  expect(await disclosed(text, [["list", 0]])).toBe(`h.${payload}.s~${first}~`);
  expect(await disclosed(text, [["list", 1]])).toBe(`h.${payload}.s~`);
  expect(await disclosed(text, [["list", 2]])).toBe(`h.${payload}.s~${second}~`);
});

test("what is no disclosure is not shown", async () => {
  await expect(disclosed(`h.${toBase64url(utf8("{}"))}.s~${toBase64url(utf8("{}"))}~`, [["a"]])).rejects.toThrow("card_not_genuine");
});

test("parents and children are touched, neighbours are not", () => {
  expect([touches(["address", "region"], ["address"]), touches(["address", "region"], ["address", "region", "code"]), touches(["list", null], ["list", 4])]).toEqual([true, true, true]);
  expect([touches(["address", "region"], ["address", "country"]), touches(["list", null], ["list", "name"]), touches(["list", 0], ["list", 1])]).toEqual([false, false, false]);
});
