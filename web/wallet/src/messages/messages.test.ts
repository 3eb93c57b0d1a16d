import { faultsOf } from "@mibun/ui/testing";
import { expect, test } from "vitest";
import { catalogue } from ".";
import { passkeyCatalogue } from "./passkey";

test.each([
  ["wallet", catalogue],
  ["passkeys", passkeyCatalogue],
])("every message exists in every language: %s", (_, messages) => {
  expect(faultsOf(messages)).toEqual([]);
});

test.each([
  ["en", "cannot be waited for here", /If (it|they) agrees?,/],
  ["ja", "ここで待つことはできません", /認められると、/],
  ["zh-Hans", "无法在这里等待", /如获同意，/],
] as const)("in %s nobody is told to wait where that cannot be done, and nothing is promised that an officer may deny", (language, cannot, condition) => {
  const { faults, waiting } = catalogue[language];
  expect(faults.not_ready).toContain(cannot);
  for (const promise of [faults.copies_not_ready, waiting.lead, waiting.copies.lead]) expect(promise).toMatch(condition);
});

test("in ja what a counter asks for has one name", () => {
  expect([catalogue.ja.card.readAgain, catalogue.ja.faults.card_changed].map((one) => one.includes("要求") && !one.includes("依頼"))).toEqual([true, true]);
});
