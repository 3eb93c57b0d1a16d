import { expect, test } from "vitest";
import { EMPTY, faults } from "./draft";

const good = { ...EMPTY, family_name: "O'Brien", given_name: "Zoë Ann", birthdate: "1990-02-03", address: "1-2-3 Aoba" };

test("a filled-in draft has no faults", () => {
  expect(faults(good, "2026-01-01")).toEqual({});
});

test("what is missing, in another script or in the future is named", () => {
  expect(faults({ ...good, address: "  " }, "2026-01-01")).toEqual({ address: "missing" });
  expect(faults({ ...good, family_name: "山田" }, "2026-01-01")).toEqual({ family_name: "latin" });
  expect(faults({ ...good, birthdate: "2026-01-02" }, "2026-01-01")).toEqual({ birthdate: "birthdate" });
});
