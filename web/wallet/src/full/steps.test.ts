import { expect, test } from "vitest";
import type { JourneyState } from "@mibun/api-client";
import { isUnderWay, stepOf } from "./steps";

test.each([
  ["open", false, false, "document"],
  ["open", false, true, "document"],
  ["open", true, false, "password"],
  ["open", true, true, "face"],
  ["capturing", true, true, "face"],
  ["referred", true, true, "face"],
  ["rejected", true, true, "face"],
  ["accepted", true, true, "card"],
  ["collected", true, true, "card"],
] as const)("a journey that is %s, chip %s, password %s, stands at %s", (state, chip, password, step) => {
  expect(stepOf({ state, chip, password })).toBe(step);
});

test("after the decision there is nothing left to do", () => {
  const states: JourneyState[] = ["open", "capturing", "referred", "accepted", "rejected", "collected", "expired"];
  expect(states.filter((state) => isUnderWay({ state }))).toEqual(["open", "capturing"]);
});
