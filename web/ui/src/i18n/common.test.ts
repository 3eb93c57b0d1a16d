import { expect, test } from "vitest";
import { ApiError } from "../../../api-client/src/error";
import { faultsOf } from "../testing";
import { common, commonCatalogue } from "./common";
import { describe as sentence } from "./describe";

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
  expect(sentence(new TypeError("x is undefined"))).toBe(common().error.unknown);
});
