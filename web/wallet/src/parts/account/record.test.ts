import { expect, test } from "vitest";
import { recordLines } from "./record";

test("a register's record is read in the order and by the names of a card", () => {
  const record = { address: "1-2-3 Aoba", birthdate: "1990-04-05", document_valid_until: "2035-01-01", family_name: "Yamada", given_name_native: null, number: "UT-1", sex: 2, trade: "baker" };
  expect(recordLines(record)).toEqual([
    ["Family name", "Yamada"],
    ["Date of birth", expect.stringContaining("1990")],
    ["Sex", "Female"],
    ["Address", "1-2-3 Aoba"],
    ["Resident number", "UT-1"],
    ["Valid until", expect.stringContaining("2035")],
    ["trade", "baker"],
  ]);
});
