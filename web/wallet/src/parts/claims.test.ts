import { language, LANGUAGES } from "@mibun/ui";
import { afterEach, expect, test } from "vitest";
import { labelOf, linesOf } from "./claims";

afterEach(() => language.choose("en"));

test.each(LANGUAGES)("whatever ages a card speaks of have a name in %s", (code) => {
  language.choose(code);
  for (const [name = "", years = ""] of linesOf({ age_equal_or_over: { 14: true, 16: true, 21: true, 65: false } })) {
    const label = labelOf([name, years]);
    expect(label).toContain(years);
    expect(label).not.toContain("age_equal_or_over");
  }
});

test("a claim without a name keeps its own", () => {
  expect(labelOf(["favourite_colour"])).toBe("favourite_colour");
});
