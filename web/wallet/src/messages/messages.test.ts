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
