import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { weakness } from "./id-password";

interface Table {
  today: string;
  cases: { password: string; number: string; refused: string | null }[];
}

const table = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../../../crates/proofing/tests/id-passwords.json"), "utf8")) as Table;

test.each(table.cases)("$password of $number is judged as by the authority's program: $refused", ({ password, number, refused }) => {
  expect(weakness(password, number, new Date(table.today)) ?? null).toBe(refused);
});

test("the year counts to its end, and the next one not at all", () => {
  expect(weakness("20261231", "", new Date("2026-01-01T00:00:00Z"))).toBe("date");
  expect(weakness("20270401", "", new Date("2026-12-31T23:59:59Z"))).toBeUndefined();
});
