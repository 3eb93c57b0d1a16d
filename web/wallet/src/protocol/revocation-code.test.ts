import { expect, test } from "vitest";
import { groups, isCode, normalCode } from "./revocation-code";

const CODE = "ABCD2345EFGH6789JKMN";

test.each(["abcd 2345 efgh 6789 jkmn", "ABCD-2345-EFGH-6789-JKMN", " AbCd2345 EfGh—6789\tJkMn. ", "ＡＢＣＤ２３４５ＥＦＧＨ６７８９ＪＫＭＮ"])("%s is the code", (typed) => {
  expect(normalCode(typed)).toBe(CODE);
  expect(isCode(normalCode(typed))).toBe(true);
});

test.each(["", "ABCD", `${CODE}A`, CODE.replace("A", "0"), CODE.replace("A", "O"), CODE.replace("A", "1"), CODE.replace("A", "I"), CODE.replace("A", "L"), CODE.replace("A", "あ")])("%j cannot be a code", (typed) => {
  expect(isCode(normalCode(typed))).toBe(false);
});

test("a code stands on paper in five groups of four", () => {
  expect(groups(CODE)).toEqual(["ABCD", "2345", "EFGH", "6789", "JKMN"]);
});
