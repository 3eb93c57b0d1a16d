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
  ["en", "cannot be waited for here", "If it agrees"],
  ["ja", "ここで待つことはできません", "認められると"],
  ["zh-Hans", "无法在这里等待", "如获同意"],
] as const)("in %s nobody is told to wait where that cannot be done, and nothing is promised that an officer may deny", (language, cannot, condition) => {
  const { not_ready, copies_not_ready } = catalogue[language].faults;
  expect([not_ready.includes(cannot), copies_not_ready.includes(condition)]).toEqual([true, true]);
});
