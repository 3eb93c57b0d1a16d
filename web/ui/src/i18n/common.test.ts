import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { ApiError } from "../../../api-client/src/error";
import { faultsOf } from "../testing";
import { common, commonCatalogue } from "./common";
import { describe as sentence, SENTENCES } from "./describe";
import { language } from "./language.svelte";

test("the shared messages exist in every language", () => {
  expect(faultsOf(commonCatalogue)).toEqual([]);
});

test("a missing, an extra and an empty message are found", () => {
  const faults = faultsOf({ en: { a: "A", b: "B", c: "C" }, ja: { a: "", b: "B", c: "C" }, "zh-Hans": { a: "A", b: "B", d: "D" } });
  expect(faults).toEqual(["ja.a", "zh-Hans.c", "zh-Hans.d"]);
});

test("a refusal becomes a sentence that says what to do", () => {
  expect(sentence(new ApiError("offline", 0))).toBe(common().error.offline);
  expect(sentence(new ApiError("too_many_requests", 429, 120))).toContain("2 minutes");
  expect(sentence(new ApiError("bad_birthdate", 422))).toBe(common().error.wrongInput);
  expect(sentence(new ApiError("not_possible_now", 409))).toBe(common().error.notNow);
  expect(sentence(new ApiError("changed", 409))).toBe(common().error.changed);
  expect(sentence(new ApiError("taken", 409))).toBe(common().error.taken);
  expect(sentence(new TypeError("x is undefined"))).toBe(common().error.unknown);
});

/** Every code that the server's own source refuses with, whatever a person typed aside. */
function codesOfServer(): string[] {
  const sources = resolve(import.meta.dirname, "../../../../crates/server/src");
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rs") && !name.includes("tests"));
  const text = files.map((name) => readFileSync(join(sources, name), "utf8")).join("\n");
  const named = [...text.matchAll(/(?:Conflict|Unprocessable|BadRequest|Blocked|Refused)\(\s*"([a-z_0-9]+)"/g)];
  const mapped = [...text.matchAll(/StatusCode::[A-Z_]+, "([a-z_]+)"/g), ...text.matchAll(/"((?:device_proof|instruction)_[a-z]+)"/g)];
  return [...new Set([...named, ...mapped].map(([, code]) => code ?? ""))];
}

test("every code of the server has a sentence of its own choice", () => {
  const codes = codesOfServer();
  expect(codes.length).toBeGreaterThan(40);
  const inTheirOwnWords = ["too_many_requests", "password_wait"];
  expect(codes.filter((code) => !SENTENCES[code] && !inTheirOwnWords.includes(code))).toEqual([]);
});

test("a wait for the ID password says how long", () => {
  expect(sentence(new ApiError("password_wait", 429, 60))).toContain("60 seconds");
  expect(sentence(new ApiError("password_wait", 429, 900))).toContain("15 minutes");
  expect(sentence(new ApiError("password_locked", 409))).toBe(common().error.passwordLocked);
  expect(sentence(new ApiError("record_not_active", 409))).toBe("Your record is not active at the moment. Ask the authority's office.");
});

test.each([
  [1, "1 day"],
  [30, "30 days"],
  [364, "364 days"],
  [365, "1 year"],
  [366, "1 year"],
  [367, "367 days"],
  [731, "2 years"],
  [1095, "3 years"],
  [1096, "3 years"],
  [1827, "5 years"],
  [1828, "1828 days"],
  [3653, "10 years"],
])("%i days are told as %s", (days, words) => {
  expect(common().days(days)).toBe(words);
});

test.each([
  ["ja", "5年", "姓（任意）"],
  ["zh-Hans", "5 年", "姓（选填）"],
] as const)("years and brackets are those of %s", (code, years, label) => {
  language.choose(code);
  expect([common().days(1827), common().optional("姓")]).toEqual([years, label]);
  language.choose("en");
});
