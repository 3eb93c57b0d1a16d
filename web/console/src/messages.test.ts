import { faultsOf } from "@mibun/ui/testing";
import { expect, test } from "vitest";
import { catalogue } from "./messages";

test("every message exists in every language", () => {
  expect(faultsOf(catalogue)).toEqual([]);
});
