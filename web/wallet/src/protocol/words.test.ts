import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { matchingWords } from "./words";
import { WORDS } from "./words-list";

test("the words of a known exchange are those that counters show", async () => {
  const { first, second } = await matchingWords("n-0S6_WzA2Mj", "w-1234567890");
  expect([first.en, second.en]).toEqual(["envelope", "honey"]);
});

test("the list is the counters' list", () => {
  const source = readFileSync(resolve(import.meta.dirname, "../../../../crates/presenting/src/words.rs"), "utf8");
  const list = [...source.matchAll(/Texts::fixed\("([^"]+)", "([^"]+)", "([^"]+)"\)/g)].map(([, ...texts]) => texts);
  expect(list).toEqual(WORDS);
});

test("the border between the nonces counts", async () => {
  expect(await matchingWords("ab", "c")).not.toEqual(await matchingWords("a", "bc"));
});
