import { expect, test } from "vitest";
import { hasEnded } from "./document";

test.each([
  ["2001-05-31", true],
  ["2026-10-31", true],
  ["2026-11-01", false],
  ["2036-01-01", false],
])("a document until %s has ended on 1 November 2026: %s", (until, ended) => {
  expect(hasEnded(until, new Date("2026-11-01T23:59:59Z"))).toBe(ended);
});
